"""The master key in KMS, over real HTTP: bound to purpose and organisation, kind when the service is away."""

import socket
import time
from uuid import UUID

import boto3
import pytest

from aws_server import free_port
from handoff_portal.adapters.vault import MasterKey, Tampered, Vault, master_key
from handoff_portal.adapters.vault.kms import KmsMasterKey
from handoff_portal.core.refusals import Unavailable

ORG, OTHER = UUID(int=1), UUID(int=2)
KEY = bytes(range(32))


def new_key(aws: str) -> str:
    return boto3.Session().client("kms", endpoint_url=aws).create_key()["KeyMetadata"]["KeyId"]


@pytest.fixture
def master(aws: str) -> MasterKey:
    return master_key(f"kms:{new_key(aws)}", aws)


def test_a_key_wrapped_by_kms_opens_again(master: MasterKey) -> None:
    wrapped = master.wrap(KEY, purpose="organisation", org_id=ORG)
    assert KEY not in wrapped
    assert master.unwrap(wrapped, purpose="organisation", org_id=ORG) == KEY


def test_a_wrap_opens_only_for_its_organisation_and_purpose(master: MasterKey) -> None:
    wrapped = master.wrap(KEY, purpose="organisation", org_id=ORG)
    for purpose, org_id in (("organisation", OTHER), ("organisation", UUID(int=0)), ("pepper", ORG)):
        with pytest.raises(Tampered):
            master.unwrap(wrapped, purpose=purpose, org_id=org_id)


def test_a_changed_wrap_or_one_of_another_key_does_not_open(aws: str, master: MasterKey) -> None:
    wrapped = master.wrap(KEY, purpose="pepper")
    with pytest.raises(Tampered):
        master.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), purpose="pepper")
    with pytest.raises(Tampered):
        master_key(f"kms:{new_key(aws)}", aws).unwrap(b"not a wrap", purpose="pepper")


def test_organisation_keys_move_to_a_new_kms_key_while_both_are_in_the_ring(aws: str) -> None:
    old, new = new_key(aws), new_key(aws)
    wrapped = Vault(KmsMasterKey([old], aws)).new_org_key(ORG)
    moved = Vault(master_key(f"kms:{new},{old}", aws)).rewrap_org_key(ORG, wrapped)
    before = Vault(KmsMasterKey([old], aws)).org_key(ORG, 1, wrapped)
    after = Vault(KmsMasterKey([new], aws)).org_key(ORG, 1, moved)
    assert before.secret == after.secret


def test_a_portal_on_kms_reads_what_it_sealed_after_a_restart(aws: str) -> None:
    url = f"kms:{new_key(aws)}"
    first = Vault(master_key(url, aws))
    rows = {"totp": first.new_system_key("totp"), "pepper": first.new_system_key("pepper")}
    first.load_system_keys(rows)
    sealed = first.seal_totp(ORG, b"seed")
    again = Vault(master_key(url, aws))
    again.load_system_keys(rows)
    assert again.open_totp(ORG, sealed) == b"seed"
    assert again.system_key("pepper") == first.system_key("pepper")


def test_a_key_that_kms_does_not_have_is_unavailable_when_wrapping(aws: str) -> None:
    with pytest.raises(Unavailable):
        master_key(f"kms:{UUID(int=7)}", aws).wrap(KEY, purpose="pepper")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("how", ["refuses", "hangs"])
def test_a_kms_that_is_away_is_unavailable_within_ten_seconds(how: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if how == "hangs" else free_port()
        master = master_key("kms:anything", f"http://127.0.0.1:{port}")
        started = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            master.unwrap(b"wrapped", purpose="organisation", org_id=ORG)
    assert time.monotonic() - started < 10
    assert "try again" in refused.value.say
