"""Signing keys that never leave AWS KMS."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from handoff_portal.adapters.vault.kms import SAY, kms_client
from handoff_portal.adapters.vault.signing import Signer
from handoff_portal.core.refusals import Unavailable

LOCAL: Final = "local"
"""In a list of KMS keys: the key that the portal signed with before, out of its own database."""

_LONGEST_RAW: Final = 4096
"""Bytes that KMS signs in one call (Sign API, MessageType RAW)."""


class KmsSigningKeys:
    """Ed25519 keys in KMS (`ECC_NIST_EDWARDS25519`): the first signs, the others are trusted for the past.

    Source: AWS KMS API, GetPublicKey and Sign with `ED25519_SHA_512` and MessageType RAW.

    Args:
        key_ids: Key ids, ARNs or aliases; `local` stands for the portal's own key.
        endpoint: Another KMS address than AWS's own.
    """

    def __init__(self, key_ids: Sequence[str], endpoint: str | None = None) -> None:
        if not key_ids or key_ids[0] in {"", LOCAL}:
            raise ValueError("the first signing key must be one of KMS, such as kms:KEY or kms:KEY,local")
        self._key_ids = tuple(key_ids)
        self._client = kms_client(self._key_ids[0], endpoint)
        self._publics: dict[str, bytes] = {}
        self._lock = Lock()

    def signer(self, local: Signer) -> Signer:
        """The signer with its public keys. Raises Unavailable if KMS does not answer the first time."""
        publics = [local.public if one == LOCAL else self._public(one) for one in self._key_ids]
        return Signer(publics[0], self._sign, tuple(publics[1:]))

    def _public(self, key_id: str) -> bytes:
        with self._lock:
            if key_id not in self._publics:
                try:
                    answer = self._client.get_public_key(KeyId=key_id)
                except (BotoCoreError, ClientError) as error:
                    raise Unavailable(SAY) from error
                self._publics[key_id] = _raw_public(answer["PublicKey"])
            return self._publics[key_id]

    def _sign(self, message: bytes) -> bytes:
        if len(message) > _LONGEST_RAW:
            raise ValueError(f"KMS signs at most {_LONGEST_RAW} bytes at once")
        try:
            answer = self._client.sign(
                KeyId=self._key_ids[0],
                Message=message,
                MessageType="RAW",
                SigningAlgorithm="ED25519_SHA_512",
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(SAY) from error
        if not _holds(self._public(self._key_ids[0]), answer["Signature"], message):
            raise Unavailable("The key service gave a signature that does not hold, so nothing was signed.")
        return answer["Signature"]


def _raw_public(der: bytes) -> bytes:
    key = load_der_public_key(der)
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("the signing key in KMS must be of the kind ECC_NIST_EDWARDS25519")
    return key.public_bytes_raw()


def _holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
