"""The vault: whoever holds a key may read, and nobody else. Keys, seals, blind indexes."""

from handoff_portal.adapters.vault.blind import BlindIndex, Rule
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure, DocumentKey, OrgKey
from handoff_portal.adapters.vault.master import MasterKey, master_key
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.adapters.vault.vault import SystemKey, Vault

__all__ = [
    "BlindIndex",
    "CaseKey",
    "Disclosure",
    "DocumentKey",
    "MasterKey",
    "OrgKey",
    "Rule",
    "SystemKey",
    "Tampered",
    "Vault",
    "master_key",
]
