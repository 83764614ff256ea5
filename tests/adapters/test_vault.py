"""Keys in a tree: master, organisation, case, disclosure class, document; and who can open what."""

import threading
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from handoff_portal.adapters.vault import (
    CaseKey,
    Disclosure,
    OrgKey,
    Rule,
    SystemKey,
    Tampered,
    Vault,
    master_key,
)
from handoff_portal.adapters.vault.cache import KeyCache
from handoff_portal.adapters.vault.keyfile import FileMasterKey, create_key_file, rotate_key_file
from handoff_portal.adapters.vault.seal import key_version_of
from handoff_portal.core.ids import NOBODY
from handoff_portal.core.refusals import Unavailable

BUSINESS, AGENCY, STRANGER, CASE, OTHER_CASE, DOCUMENT = (uuid4() for _ in range(6))


def org_key(org_id: UUID, version: int = 1) -> OrgKey:
    return OrgKey(org_id, version, bytes(reversed(org_id.bytes * 2)))


class CountingMaster:
    """A real master key that counts how often it is asked, and is away on demand."""

    def __init__(self) -> None:
        self.asked, self.away = 0, False
        self._real = FileMasterKey([bytes(range(32))])

    def wrap(self, key: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        return self._real.wrap(key, purpose=purpose, org_id=org_id)

    def unwrap(self, wrapped: bytes, *, purpose: str, org_id: UUID = NOBODY) -> bytes:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return self._real.unwrap(wrapped, purpose=purpose, org_id=org_id)


@pytest.fixture
def master() -> CountingMaster:
    return CountingMaster()


def test_an_agency_with_a_grant_reads_what_the_business_sealed() -> None:
    case = CaseKey.new(CASE, BUSINESS)
    sealed = case.seal(Disclosure.IDENTITY, "identity", b"Ada Example")
    grant = case.wrap_for(org_key(AGENCY, version=7))
    read = CaseKey.unwrap(org_key(AGENCY), CASE, BUSINESS, grant)
    assert read.open(Disclosure.IDENTITY, "identity", sealed) == b"Ada Example"
    assert len(grant) == 110
    assert key_version_of(grant) == 7


def test_a_grant_opens_only_for_its_organisation_case_and_version() -> None:
    grant = CaseKey.new(CASE, BUSINESS).wrap_for(org_key(AGENCY))
    with pytest.raises(Tampered):
        CaseKey.unwrap(org_key(STRANGER), CASE, BUSINESS, grant)
    with pytest.raises(Tampered):
        CaseKey.unwrap(OrgKey(STRANGER, 1, org_key(AGENCY).secret), CASE, BUSINESS, grant)
    with pytest.raises(Tampered):
        CaseKey.unwrap(org_key(AGENCY), OTHER_CASE, BUSINESS, grant)
    with pytest.raises(Tampered):
        CaseKey.unwrap(org_key(AGENCY), CASE, BUSINESS, grant, version=2)


def test_a_sealed_thing_opens_only_in_its_class_column_row_case_and_business() -> None:
    key = CaseKey(CASE, BUSINESS, bytes(32))
    sealed = key.seal(Disclosure.MESSAGES, "body", b"hello", DOCUMENT)
    assert key.open(Disclosure.MESSAGES, "body", sealed, DOCUMENT) == b"hello"
    places = [
        (key, Disclosure.AUDIT, "body", DOCUMENT),
        (key, Disclosure.MESSAGES, "subject", DOCUMENT),
        (key, Disclosure.MESSAGES, "body", CASE),
        (CaseKey(OTHER_CASE, BUSINESS, bytes(32)), Disclosure.MESSAGES, "body", DOCUMENT),
        (CaseKey(CASE, AGENCY, bytes(32)), Disclosure.MESSAGES, "body", DOCUMENT),
        (CaseKey(CASE, BUSINESS, bytes([1] * 32)), Disclosure.MESSAGES, "body", DOCUMENT),
    ]
    for holder, disclosure, name, row in places:
        with pytest.raises(Tampered):
            holder.open(disclosure, name, sealed, row)


def test_no_disclosure_class_opens_what_another_sealed() -> None:
    key = CaseKey.new(CASE, BUSINESS)
    for written in Disclosure:
        sealed = key.seal(written, "column", b"x")
        for asked in Disclosure:
            if asked is written:
                continue
            with pytest.raises(Tampered):
                key.open(asked, "column", sealed)


def test_a_document_opens_with_its_own_key_only() -> None:
    case = CaseKey.new(CASE, BUSINESS, version=3)
    document, wrapped = case.new_document(DOCUMENT)
    sealer = document.sealer()
    sealed = sealer.header() + sealer.update(b"page " * 10_000) + sealer.finish()
    name = document.seal_meta("file_name", b"letter.pdf")
    again = case.document(DOCUMENT, wrapped)
    assert b"".join(again.open_file([sealed])) == b"page " * 10_000
    middle = again.open_range(lambda a, b: [sealed[a:b]], len(sealed), start=40_000, stop=40_004)
    assert b"".join(middle) == b"page"
    assert again.open_meta("file_name", name) == b"letter.pdf"
    assert (len(wrapped), key_version_of(wrapped)) == (110, 3)
    with pytest.raises(Tampered):
        again.open_meta("media_type", name)
    with pytest.raises(Tampered):
        case.document(CASE, wrapped)
    with pytest.raises(Tampered):
        b"".join(case.new_document(DOCUMENT)[0].open_file([sealed]))


def test_keys_do_not_show_themselves_when_printed() -> None:
    secret = b"s3cr3t-k" * 4
    case = CaseKey(CASE, BUSINESS, secret)
    printed = f"{OrgKey(AGENCY, 1, secret)!r} {case!r} {case.new_document(DOCUMENT)[0]!r}"
    assert "s3cr3t" not in printed
    assert "secret" not in printed


def test_an_organisation_key_costs_one_call_in_five_minutes(master: CountingMaster) -> None:
    now = [0.0]
    vault = Vault(master, monotonic=lambda: now[0])
    wrapped = vault.new_org_key(AGENCY)
    first = vault.org_key(AGENCY, 1, wrapped)
    now[0] = 299.9
    assert vault.org_key(AGENCY, 1, wrapped) == first
    assert master.asked == 1
    now[0] = 300.0
    assert vault.org_key(AGENCY, 1, wrapped) == first
    assert master.asked == 2


def test_a_kept_wrap_of_one_organisation_does_not_open_for_another(
    master: CountingMaster,
) -> None:
    vault = Vault(master)
    wrapped = vault.new_org_key(AGENCY)
    vault.org_key(AGENCY, 1, wrapped)
    with pytest.raises(Tampered):
        vault.org_key(STRANGER, 1, wrapped)


def test_a_failed_unwrap_is_not_remembered(master: CountingMaster) -> None:
    vault = Vault(master)
    wrapped = vault.new_org_key(AGENCY)
    master.away = True
    with pytest.raises(Unavailable):
        vault.org_key(AGENCY, 1, wrapped)
    master.away = False
    assert len(vault.org_key(AGENCY, 1, wrapped).secret) == 32


def test_the_cache_holds_no_more_than_its_limit_and_drops_the_least_used() -> None:
    cache, made = KeyCache(3, 300, lambda: 0.0), Counter[int]()

    def get(name: int) -> None:
        def make() -> bytes:
            made[name] += 1
            return bytes([name])

        assert cache.get(name, make) == bytes([name])

    for name in (1, 2, 3, 1, 4, 1, 2):
        get(name)
    assert made == {1: 1, 2: 2, 3: 1, 4: 1}
    assert len(cache) == 3


def test_many_threads_that_want_one_key_make_one_call() -> None:
    cache, calls, everybody = KeyCache(3, 300, lambda: 0.0), Counter[str](), threading.Barrier(8)
    found: list[bytes] = []

    def make() -> bytes:
        calls["made"] += 1
        threading.Event().wait(0.2)
        return b"key"

    def want() -> None:
        everybody.wait()
        found.append(cache.get("name", make))

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"key"] * 8
    assert calls["made"] == 1


def test_every_unwrap_is_counted_for_the_organisation_it_serves(master: CountingMaster) -> None:
    seen: list[tuple[str, UUID]] = []
    vault = Vault(master, on_unwrap=lambda what, org_id: seen.append((what, org_id)))
    agency = vault.org_key(AGENCY, 1, vault.new_org_key(AGENCY))
    grant = CaseKey.new(CASE, BUSINESS).wrap_for(agency)
    vault.unwrap_case(agency, CASE, BUSINESS, grant)
    assert seen == [("organisation", AGENCY), ("case", AGENCY)]


def test_system_keys_are_all_different_and_wrapped_for_their_purpose(master: CountingMaster) -> None:
    vault = Vault(master)
    rows = {purpose.value: vault.new_system_key(purpose) for purpose in SystemKey}
    vault.load_system_keys(rows)
    assert len({vault.system_key(purpose) for purpose in SystemKey}) == len(SystemKey)
    with pytest.raises(Tampered):
        vault.load_system_keys({"pepper": rows[SystemKey.COOKIE]})


def test_a_process_has_only_the_system_keys_it_loaded(master: CountingMaster) -> None:
    vault = Vault(master)
    vault.load_system_keys({"cookie": vault.new_system_key("cookie")})
    with pytest.raises(LookupError):
        vault.system_key("pepper")
    with pytest.raises(ValueError, match="sugar"):
        vault.new_system_key("sugar")


def test_signing_keys_sign_and_other_keys_do_not(master: CountingMaster) -> None:
    vault = Vault(master)
    vault.load_system_keys({purpose.value: vault.new_system_key(purpose) for purpose in SystemKey})
    key = vault.signing_key(SystemKey.CHECKPOINT_SIGNING)
    key.public_key().verify(key.sign(b"note"), b"note")
    with pytest.raises(ValueError, match="does not sign"):
        vault.signing_key(SystemKey.PEPPER)


def test_seeds_and_webhook_secrets_open_only_for_their_own(master: CountingMaster) -> None:
    vault = Vault(master)
    vault.load_system_keys({purpose: vault.new_system_key(purpose) for purpose in ("totp", "webhook")})
    seed, secret = vault.seal_totp(CASE, b"seed"), vault.seal_webhook(AGENCY, CASE, b"secret")
    assert vault.open_totp(CASE, seed) == b"seed"
    assert vault.open_webhook(AGENCY, CASE, secret) == b"secret"
    with pytest.raises(Tampered):
        vault.open_totp(OTHER_CASE, seed)
    with pytest.raises(Tampered):
        vault.open_webhook(STRANGER, CASE, secret)


def test_blind_indexes_come_from_the_loaded_root(master: CountingMaster) -> None:
    vault = Vault(master)
    rows = {"blind-index": vault.new_system_key("blind-index")}
    vault.load_system_keys(rows)
    again = Vault(master)
    again.load_system_keys(rows)
    indexes = [v.blind_index().of(AGENCY, "t.c", "x", Rule.TEXT) for v in (vault, again)]
    assert indexes[0] == indexes[1]


def test_after_rewrapping_the_old_master_key_can_go(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master"
    create_key_file(path)
    vault = Vault(master_key(f"file:{path}"))
    wrapped, pepper = vault.new_org_key(AGENCY), vault.new_system_key("pepper")
    secret = vault.org_key(AGENCY, 1, wrapped).secret
    rotate_key_file(path)
    moving = Vault(master_key(f"file:{path}"))
    moved, moved_pepper = moving.rewrap_org_key(AGENCY, wrapped), moving.rewrap_system_key("pepper", pepper)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]))
    alone = Vault(master_key(f"file:{path}"))
    assert alone.org_key(AGENCY, 1, moved).secret == secret
    alone.load_system_keys({"pepper": moved_pepper})
    with pytest.raises(Tampered):
        alone.org_key(AGENCY, 1, wrapped)
