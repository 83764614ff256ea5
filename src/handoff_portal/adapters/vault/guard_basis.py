"""What the contact guard knew when it judged a contact, sealed for the portal itself.

The worker that tries a new rule file on past contacts holds no key of a case. It opens these alone: clocks,
consent, quiet times and licence as they were, never a name, a number, an address or a word.
"""

from uuid import UUID

from handoff_portal.adapters.vault.seal import Context, Kind, Octets, open_sealed, seal
from handoff_portal.adapters.vault.vault import SystemKey, Vault


def seal_basis(vault: Vault, business: UUID, case: UUID, contact: UUID, plaintext: Octets) -> bytes:
    """Seal what was known for one contact of a case of a business."""
    return seal(vault.system_key(SystemKey.GUARD_BASIS), _context(business, case, contact), plaintext)


def open_basis(vault: Vault, business: UUID, case: UUID, contact: UUID, sealed: Octets) -> bytes:
    """Open what `seal_basis` sealed for the same contact. Raises Tampered."""
    return open_sealed(vault.system_key(SystemKey.GUARD_BASIS), _context(business, case, contact), sealed)


def _context(business: UUID, case: UUID, contact: UUID) -> Context:
    return Context(Kind.MESSAGE, business, case, contact, "guard-basis")
