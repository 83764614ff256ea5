"""Master key in AWS KMS: the key never leaves the service, and every unwrap is logged with its purpose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handoff_portal.adapters.vault.seal import KEY_BYTES, Tampered
from handoff_portal.core.ids import NOBODY
from handoff_portal.core.refusals import Unavailable

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

_NOT_OURS: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_PATIENCE: Final = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"total_max_attempts": 2, "mode": "standard"},
    max_pool_connections=32,
)
SAY: Final = "The key service is not answering, so nothing was changed. Please try again in a few minutes."


class KmsMasterKey:
    """Symmetric KMS keys as a ring: the first wraps, all of them unwrap.

    Source: AWS KMS API, Encrypt and Decrypt with EncryptionContext. The context holds ids only; KMS logs it
    in clear.
    """

    def __init__(self, key_ids: Sequence[str], endpoint: str | None = None) -> None:
        self._key_ids = tuple(key_ids)
        self._client = kms_client(self._key_ids[0], endpoint)

    def wrap(self, key: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Wrap under the first key of the ring. Raises Unavailable."""
        try:
            answer = self._client.encrypt(
                KeyId=self._key_ids[0], Plaintext=key, EncryptionContext=_context(purpose, org_id)
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(SAY) from error
        return answer["CiphertextBlob"]

    def unwrap(self, wrapped: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        """Unwrap with the key of the ring that made it. Raises Tampered or Unavailable.

        A key that may not be asked, or is gone, does not hide the others. If none of them opens the wrap, one
        that could not be asked makes the answer Unavailable, since it may have been the right one.
        """
        refused: ClientError | None = None
        for key_id in self._key_ids:
            try:
                return self._decrypt(key_id, wrapped, _context(purpose, org_id))
            except ClientError as error:
                if error.response["Error"]["Code"] not in _NOT_OURS:
                    refused = error
            except BotoCoreError as error:
                raise Unavailable(SAY) from error
        if refused is not None:
            raise Unavailable(SAY) from refused
        raise Tampered

    def _decrypt(self, key_id: str, wrapped: bytes, context: dict[str, str]) -> bytes:
        key = self._client.decrypt(KeyId=key_id, CiphertextBlob=wrapped, EncryptionContext=context)[
            "Plaintext"
        ]
        if len(key) != KEY_BYTES:
            raise Tampered
        return key


def kms_client(key_id: str, endpoint: str | None = None) -> "KMSClient":
    """A client for the region of this key that gives up within ten seconds.

    Raises:
        ValueError: Nothing says in which region the key is.
    """
    session = boto3.Session()
    region = _region_of(key_id) or session.region_name or ("us-east-1" if endpoint else None)
    if region is None:
        raise ValueError("name the KMS key by its ARN, or set AWS_DEFAULT_REGION")
    return session.client("kms", region_name=region, endpoint_url=endpoint, config=_PATIENCE)


def _context(purpose: str, org_id: UUID) -> dict[str, str]:
    context = {"app": "handoff", "purpose": purpose}
    return context if org_id == NOBODY else context | {"org": str(org_id)}


def _region_of(key_id: str) -> str | None:
    """Read the region from an ARN (`arn:aws:kms:REGION:…`); a bare key id or alias has none."""
    parts = key_id.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 4 else None  # noqa: PLR2004 - places in an ARN
