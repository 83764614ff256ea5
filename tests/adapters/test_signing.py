"""The log's key inside a key service, over real HTTP: it signs, it never comes out, it may be replaced."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aws_server import CREDENTIALS, free_port
from handoff_portal.adapters.vault.keyfile import FileMasterKey
from handoff_portal.adapters.vault.kms_signing import KmsSigningKeys
from handoff_portal.adapters.vault.signing import Signer
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.audit import note
from handoff_portal.audit.actions.keeping import log_key
from handoff_portal.core.refusals import Unavailable
from signing_service import SigningService, signing_service

LOCAL = Signer.of(Ed25519PrivateKey.from_private_bytes(b"l" * 32))
CHECKPOINT = note.Checkpoint("portal.example/audit/1", 7, bytes(32)).text()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SigningService]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with signing_service() as made:
        yield made


def a_vault(signing: KmsSigningKeys | None) -> Vault:
    vault = Vault(
        FileMasterKey([bytes(range(32))]),
        signing={SystemKey.CHECKPOINT_SIGNING: signing} if signing else None,
    )
    purpose = SystemKey.CHECKPOINT_SIGNING
    vault.load_system_keys({purpose: vault.new_system_key(purpose)})
    return vault


def test_checkpoints_are_signed_by_the_key_service_and_verify_with_its_public_key(
    service: SigningService,
) -> None:
    kms = service.new_key()
    key = log_key(a_vault(KmsSigningKeys([kms], service.address)), "portal.example")
    assert key.public == service.keys[kms].public_key().public_bytes_raw()
    for _ in range(2):
        raw = note.sign(CHECKPOINT, key.origin, key.public, key.sign)
        assert note.opened(raw, key.origin, key.trusted).size == 7
    assert service.asked == ["GetPublicKey", "Sign", "Sign"]


def test_what_an_earlier_key_signed_is_still_trusted_and_nothing_else(service: SigningService) -> None:
    old, new = service.new_key(), service.new_key()
    vault = a_vault(KmsSigningKeys([new, old, "local"], service.address))
    own = vault.signing_key(SystemKey.CHECKPOINT_SIGNING)
    key = log_key(vault, "portal.example")
    publics = [service.keys[one].public_key().public_bytes_raw() for one in (new, old)]
    assert [one.public for one in key.trusted] == [*publics, own.public_key().public_bytes_raw()]
    earlier = note.sign(CHECKPOINT, key.origin, own.public_key().public_bytes_raw(), own.sign)
    assert note.opened(earlier, key.origin, key.trusted).size == 7
    strict = log_key(a_vault(KmsSigningKeys([new], service.address)), "portal.example")
    with pytest.raises(note.NoteError):
        note.opened(earlier, key.origin, strict.trusted)


def test_without_a_key_service_the_portals_own_key_signs() -> None:
    vault = a_vault(None)
    assert vault.signer(SystemKey.CHECKPOINT_SIGNING).public == (
        vault.signing_key(SystemKey.CHECKPOINT_SIGNING).public_key().public_bytes_raw()
    )


def test_a_signature_that_does_not_hold_is_never_used(service: SigningService) -> None:
    signer = KmsSigningKeys([service.new_key()], service.address).signer(LOCAL)
    service.bent = True
    with pytest.raises(Unavailable, match="does not hold"):
        signer.sign(b"a note")


def test_a_key_that_is_away_or_unknown_signs_nothing(service: SigningService) -> None:
    with pytest.raises(Unavailable):
        KmsSigningKeys(["nobody"], service.address).signer(LOCAL)
    with pytest.raises(Unavailable):
        KmsSigningKeys(["key-0"], f"http://127.0.0.1:{free_port()}").signer(LOCAL)
    kms = service.new_key()
    signer = KmsSigningKeys([kms], service.address).signer(LOCAL)
    del service.keys[kms]
    with pytest.raises(Unavailable):
        signer.sign(b"a note")


def test_a_key_of_another_kind_or_no_key_is_refused(service: SigningService) -> None:
    with pytest.raises(TypeError, match="ECC_NIST_EDWARDS25519"):
        KmsSigningKeys(["elliptic"], service.address).signer(LOCAL)
    for keys in ([], [""], ["local"]):
        with pytest.raises(ValueError, match="must be one of KMS"):
            KmsSigningKeys(keys, service.address)
    signer = KmsSigningKeys([service.new_key()], service.address).signer(LOCAL)
    with pytest.raises(ValueError, match="4096"):
        signer.sign(bytes(4097))
