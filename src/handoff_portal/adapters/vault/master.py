"""Master keys: the one key outside the database that wraps every organisation key and system key."""

from pathlib import Path
from typing import Protocol
from uuid import UUID

from handoff_portal.adapters.vault.keyfile import FileMasterKey
from handoff_portal.core.ids import NOBODY

ORGANISATION = "organisation"


class MasterKey(Protocol):
    """Wraps and unwraps 32-byte keys. A wrap opens only for the purpose and organisation it was made for."""

    def wrap(self, key: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Wrap under the active key. Raises Unavailable if the key service does not answer."""
        ...

    def unwrap(self, wrapped: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Unwrap with whichever key of the ring made it. Raises Tampered or Unavailable."""
        ...


def master_key(url: str, endpoint: str | None = None, passphrase: str | None = None) -> MasterKey:
    """Open the master key that a setting names.

    Args:
        url: `file:/path/to/key-file`, or `kms:KEY` with a key id, ARN or alias; `kms:NEW,OLD` while keys are
            changed.
        endpoint: Another KMS address than AWS's own, for tests and compatible services.
        passphrase: Opens a key file that was created with one.

    Raises:
        ValueError: The setting or the key file is not usable; the message says how to mend it.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest:
        return FileMasterKey.load(Path(rest), passphrase)
    if scheme == "kms" and rest:
        from handoff_portal.adapters.vault.kms import KmsMasterKey  # noqa: PLC0415 - boto3 is slow to load

        return KmsMasterKey(rest.split(","), endpoint)
    raise ValueError("the master key setting must read file:/path or kms:KEY")
