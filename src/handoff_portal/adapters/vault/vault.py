"""The vault: organisation keys under the master key, case keys under those, and the portal's own keys."""

import os
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handoff_portal.adapters.vault.blind import BlindIndex
from handoff_portal.adapters.vault.cache import KeyCache
from handoff_portal.adapters.vault.cases import CaseKey, OrgKey
from handoff_portal.adapters.vault.master import ORGANISATION, MasterKey
from handoff_portal.adapters.vault.seal import KEY_BYTES, Context, Kind, Octets, Tampered, open_sealed, seal
from handoff_portal.adapters.vault.signing import Signer, SigningKeys
from handoff_portal.core.ids import NOBODY

CACHED_ORGANISATIONS = 512
CACHED_SECONDS = 300.0


class SystemKey(StrEnum):
    """Keys of the portal itself, 32 random bytes each; none is derived from another."""

    BLIND_INDEX = "blind-index"
    PEPPER = "pepper"
    TOTP = "totp"
    WEBHOOK = "webhook"
    AUDIT_MAC = "audit-mac"
    COOKIE = "cookie"
    CHECKPOINT_SIGNING = "checkpoint-signing"
    RECEIPT_SIGNING = "receipt-signing"
    MAIL = "mail"
    LICENCE = "licence"
    ROW_MAC = "row-mac"
    GUARD_BASIS = "guard-basis"


class Vault:
    """Opens keys. It stores nothing: wrapped keys come from rows and go into rows.

    Args:
        master: The key everything else is wrapped with.
        monotonic: Seconds that never run backwards, for the cache of organisation keys.
        on_unwrap: Called with what was unwrapped ("organisation", "case") and for which organisation, so that
            a flood of unwraps can be noticed. It must not raise.
        signing: Keys in KMS that sign instead of the portal's own.
    """

    def __init__(
        self,
        master: MasterKey,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        on_unwrap: Callable[[str, UUID], None] = lambda _what, _org: None,
        signing: Mapping[SystemKey, SigningKeys] | None = None,
    ) -> None:
        self._master = master
        self._org_keys = KeyCache(CACHED_ORGANISATIONS, CACHED_SECONDS, monotonic)
        self._system: dict[str, bytes] = {}
        self._on_unwrap = on_unwrap
        self._signing = dict(signing or {})

    def new_system_key(self, purpose: str) -> bytes:
        """Draw a system key and give it wrapped, for its row. Raises Unavailable."""
        return self._master.wrap(os.urandom(KEY_BYTES), purpose=SystemKey(purpose))

    def load_system_keys(self, wrapped: Mapping[str, bytes]) -> None:
        """Unwrap this process's keys from their rows (purpose to wrap). Raises Tampered or Unavailable."""
        for purpose in map(SystemKey, wrapped):
            self._system[purpose] = self._master.unwrap(wrapped[purpose], purpose=purpose)

    def check(self) -> None:
        """Prove that the master key wraps and unwraps now, for /readyz. Raises Unavailable or Tampered."""
        probe = bytes(KEY_BYTES)
        if self._master.unwrap(self._master.wrap(probe, purpose="check"), purpose="check") != probe:
            raise Tampered("the master key gives back something else than it was given")

    def system_key(self, purpose: str) -> bytes:
        """Give a loaded system key (a SystemKey or its value). LookupError if it was not loaded."""
        return self._system[purpose]

    def signing_key(self, purpose: SystemKey) -> Ed25519PrivateKey:
        """Give a loaded system key as an Ed25519 private key (RFC 8032): checkpoint or receipt signing."""
        if purpose not in {SystemKey.CHECKPOINT_SIGNING, SystemKey.RECEIPT_SIGNING}:
            raise ValueError(f"the {purpose} key does not sign")
        return Ed25519PrivateKey.from_private_bytes(self.system_key(purpose))

    def signer(self, purpose: SystemKey) -> Signer:
        """Who signs checkpoints or receipts: a key in KMS where one is set, or the loaded one.

        Raises Unavailable if KMS does not answer.
        """
        local = Signer.of(self.signing_key(purpose))
        remote = self._signing.get(purpose)
        return remote.signer(local) if remote else local

    def blind_index(self) -> BlindIndex:
        """Give the blind indexes under the loaded root key."""
        return BlindIndex(self.system_key(SystemKey.BLIND_INDEX))

    def new_org_key(self, org_id: UUID) -> bytes:
        """Draw an organisation key and give it wrapped, for its row. Raises Unavailable."""
        return self._master.wrap(os.urandom(KEY_BYTES), purpose=ORGANISATION, org_id=org_id)

    def org_key(self, org_id: UUID, version: int, wrapped: bytes) -> OrgKey:
        """Unwrap an organisation key; kept for five minutes, so that cases do not cost a call each.

        Raises Tampered if it belongs to another organisation, Unavailable if the key service does not answer.
        """
        secret = self._org_keys.get((org_id, version, wrapped), lambda: self._unwrap_org(org_id, wrapped))
        return OrgKey(org_id, version, secret)

    def rewrap_org_key(self, org_id: UUID, wrapped: bytes) -> bytes:
        """Wrap the same organisation key under the active master key, proved to open. Raises as `org_key`."""
        secret = self._master.unwrap(wrapped, purpose=ORGANISATION, org_id=org_id)
        fresh = self._master.wrap(secret, purpose=ORGANISATION, org_id=org_id)
        if self._master.unwrap(fresh, purpose=ORGANISATION, org_id=org_id) != secret:
            raise RuntimeError("the new wrap of an organisation key does not open; the old one stays")
        return fresh

    def rewrap_system_key(self, purpose: str, wrapped: bytes) -> bytes:
        """Wrap the same system key under the active master key."""
        return self._master.wrap(self._master.unwrap(wrapped, purpose=purpose), purpose=purpose)

    def unwrap_case(
        self, grantee: OrgKey, case_id: UUID, owner: UUID, wrapped: Octets, version: int = 1
    ) -> CaseKey:
        """Open the grant that an organisation holds for a case of the business `owner`. Raises Tampered."""
        self._on_unwrap("case", grantee.org_id)
        return CaseKey.unwrap(grantee, case_id, owner, wrapped, version)

    def seal_totp(self, person_id: UUID, secret: Octets) -> bytes:
        """Seal the seed of a person's one-time codes."""
        return seal(self.system_key(SystemKey.TOTP), _totp(person_id), secret)

    def open_totp(self, person_id: UUID, sealed: Octets) -> bytes:
        """Open the seed of a person's one-time codes. Raises Tampered."""
        return open_sealed(self.system_key(SystemKey.TOTP), _totp(person_id), sealed)

    def seal_webhook(self, org_id: UUID, webhook_id: UUID, secret: Octets) -> bytes:
        """Seal the signing secret of an organisation's webhook."""
        return seal(self.system_key(SystemKey.WEBHOOK), _webhook(org_id, webhook_id), secret)

    def open_webhook(self, org_id: UUID, webhook_id: UUID, sealed: Octets) -> bytes:
        """Open the signing secret of an organisation's webhook. Raises Tampered."""
        return open_sealed(self.system_key(SystemKey.WEBHOOK), _webhook(org_id, webhook_id), sealed)

    def _unwrap_org(self, org_id: UUID, wrapped: bytes) -> bytes:
        self._on_unwrap("organisation", org_id)
        return self._master.unwrap(wrapped, purpose=ORGANISATION, org_id=org_id)


def _totp(person_id: UUID) -> Context:
    return Context(Kind.TOTP, NOBODY, object_id=person_id, name="seed")


def _webhook(org_id: UUID, webhook_id: UUID) -> Context:
    return Context(Kind.WEBHOOK_SECRET, org_id, object_id=webhook_id, name="secret")
