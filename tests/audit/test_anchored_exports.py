"""What outsiders said travels with an export, tied to its log, and both verifiers check it alike."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.conftest import LONG, START, Portal, soak
from audit.exports import CASE, LOG, VKEY, a_log, both, contents, edited, exported, forged, mutated, signed
from authority import TestAuthority, new_authority, serving
from handoff_portal.adapters.timestamps import Authority, read_stamp
from handoff_portal.audit import note
from handoff_portal.audit.export import Anchored, Wish
from handoff_portal.audit.model import Selection
from handoff_portal.audit.standalone import checks
from handoff_portal.audit.standalone.anchors import stamp_of
from handoff_portal.audit.standalone.command import told
from handoff_portal.audit.standalone.proofs import Bad
from handoff_portal.audit.verify import verify_bundle

SECRET = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = note.Verifier("witness.example/w1", note.COSIGNATURE, SECRET.public_key().public_bytes_raw())
IMPOSTOR = Ed25519PrivateKey.from_private_bytes(b"i" * 32)
FALSE_FRIEND = replace(WITNESS, public=IMPOSTOR.public_key().public_bytes_raw())


@pytest.fixture(scope="module")
def authority() -> Iterator[TestAuthority]:
    with serving(new_authority()) as made:
        yield made


@pytest.fixture
def log(portal: Portal) -> psycopg.Connection:
    return a_log(portal)


@pytest.fixture
def anchored(log: psycopg.Connection, authority: TestAuthority) -> Anchored:
    older = signed(log, 300)
    token = Authority(authority.url, (authority.root,)).stamp(older.note.encode())
    return Anchored(older, token, note.cosign(older.note, WITNESS, 1_800_000_000, SECRET.sign))


@pytest.fixture(params=["whole", "case"])
def wish(request: pytest.FixtureRequest, anchored: Anchored) -> Wish:
    selection = Selection(case=CASE) if request.param == "case" else Selection()
    return Wish(
        at=START, sees_whole_cases=True, selection=selection, witnesses=(WITNESS,), anchors=(anchored,)
    )


def test_a_time_stamp_and_a_cosignature_travel_with_the_export(
    log: psycopg.Connection, tmp_path: Path, wish: Wish
) -> None:
    path = exported(log, tmp_path / "a.zip", wish)
    assert both(path) == both(path, VKEY) == 0
    assert both(path, VKEY, witnesses=[WITNESS.vkey()]) == 0
    code, problem, facts = checks.verdict(str(path), [VKEY], None, [WITNESS.vkey()])
    at = read_stamp(wish.anchors[0].stamp).at
    expected = {"size": 300, "time": f"{at:%Y-%m-%dT%H:%M:%SZ}", "witnesses": [WITNESS.name]}
    assert facts["anchors"] == [expected]
    words = told(code, problem, facts)
    assert f"the first 300 entries existed at {expected['time']}" in words
    assert "openssl ts -verify -data anchors/300.txt -in anchors/300.tsr" in words
    assert "Witness: witness.example/w1 saw the first 300 entries" in words


def test_a_witness_that_did_not_sign_is_missed_and_another_of_its_name_does_not_count(
    log: psycopg.Connection, tmp_path: Path, anchored: Anchored
) -> None:
    plain = exported(log, tmp_path / "a.zip")
    assert both(plain, VKEY, witnesses=[WITNESS.vkey()]) == 3
    older = anchored.checkpoint
    posing = Anchored(older, b"", note.cosign(older.note, FALSE_FRIEND, 1_800_000_000, IMPOSTOR.sign))
    wish = Wish(at=START, sees_whole_cases=True, witnesses=(FALSE_FRIEND,), anchors=(posing,))
    path = exported(log, tmp_path / "b.zip", wish)
    assert both(path) == both(path, witnesses=[FALSE_FRIEND.vkey()]) == 0
    assert both(path, witnesses=[WITNESS.vkey()]) == 3
    assert both(path, VKEY, witnesses=[VKEY]) == 2


def test_a_false_cosignature_is_false(log: psycopg.Connection, tmp_path: Path, anchored: Anchored) -> None:
    older = anchored.checkpoint
    lying = Anchored(older, b"", note.cosign(older.note, WITNESS, 1_800_000_000, IMPOSTOR.sign))
    wish = Wish(at=START, sees_whole_cases=True, witnesses=(WITNESS,), anchors=(lying,))
    assert both(exported(log, tmp_path / "a.zip", wish)) == 2


def test_the_signature_of_a_time_stamp_is_checked_against_given_roots(
    log: psycopg.Connection, tmp_path: Path, wish: Wish, authority: TestAuthority
) -> None:
    path = exported(log, tmp_path / "a.zip", wish)
    assert verify_bundle(path, [VKEY], roots=(authority.root,)).code == 0
    verdict = verify_bundle(path, [VKEY], roots=(new_authority().root,))
    assert (verdict.code, "trusted roots" in verdict.problem) == (2, True)


def test_openssl_agrees_where_it_is_there(
    log: psycopg.Connection, tmp_path: Path, wish: Wish, authority: TestAuthority
) -> None:
    """The command that the verifier prints; machines without openssl check the token's own structure only."""
    files = contents(exported(log, tmp_path / "a.zip", wish))
    for name in ("300.txt", "300.tsr"):
        (tmp_path / name).write_bytes(files[f"anchors/{name}"])
    (tmp_path / "roots.pem").write_bytes(authority.roots_pem)
    assert stamp_of(files["anchors/300.tsr"]).imprint == read_stamp(files["anchors/300.tsr"]).imprint
    if openssl := shutil.which("openssl"):
        words = ["ts", "-verify", "-data", "300.txt", "-in", "300.tsr", "-CAfile", "roots.pem"]
        ran = subprocess.run([openssl, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in ran.stdout, ran.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"anchors/300.txt": None},
        {"anchors/300.consistency.txt": None},
        {"anchors/300.tsr": None, "anchors/300.cosigned.txt": None},
        {"anchors/300.tsr": b""},
        {"anchors/300.tsr": b"0\x00"},
        {"anchors/300.consistency.txt": b""},
        {"anchors/580.tsr": b"0\x00"},
        {"anchors/extra.txt": b"x"},
        {"anchors/300.zip": b"x"},
        {"anchors/0300.tsr": b"x"},
    ],
)
def test_not_even_the_holder_of_the_key_can_bend_what_outsiders_said(
    log: psycopg.Connection, tmp_path: Path, wish: Wish, change: dict[str, bytes | None]
) -> None:
    files = contents(exported(log, tmp_path / "a.zip", wish))
    bent = {name: data for name, data in (files | change).items() if data is not None}
    assert both(forged(tmp_path / "f.zip", files), VKEY) == 0
    assert both(forged(tmp_path / "f.zip", bent), VKEY) in {2, 3}


def test_a_time_stamp_over_another_checkpoint_is_found(
    log: psycopg.Connection, tmp_path: Path, wish: Wish, authority: TestAuthority
) -> None:
    files = contents(exported(log, tmp_path / "a.zip", wish))
    other = Authority(authority.url).stamp(signed(log, 580).note.encode())
    assert both(forged(tmp_path / "f.zip", files | {"anchors/300.tsr": other}), VKEY) == 2
    foreign = note.sign(note.Checkpoint(LOG.origin, 300, bytes(32)).text(), LOG.origin, LOG.public, LOG.sign)
    stamped = {"anchors/300.txt": foreign.encode(), "anchors/300.tsr": other}
    assert both(forged(tmp_path / "f.zip", files | stamped), VKEY) == 2


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_every_bit_of_an_anchored_export_counts(log: psycopg.Connection, tmp_path: Path, wish: Wish) -> None:
    octets = exported(log, tmp_path / "a.zip", wish).read_bytes()
    chosen = random.Random(17)  # noqa: S311 - repeatable
    accepted = 0
    for turn in range(soak(300, 3000)):
        (tmp_path / "m.zip").write_bytes(mutated(octets, chosen))
        accepted += checks.verdict(str(tmp_path / "m.zip"), [VKEY])[0] == 0
        if turn % 10 == 0:
            accepted += verify_bundle(tmp_path / "m.zip", [VKEY]).code == 0
    assert accepted == 0


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_older_checkpoints_and_their_proofs_cannot_be_edited_with_the_key(
    log: psycopg.Connection, tmp_path: Path, wish: Wish
) -> None:
    files = contents(exported(log, tmp_path / "a.zip", wish))
    chosen = random.Random(19)  # noqa: S311 - repeatable
    for _ in range(soak(60, 600)):
        name = chosen.choice(["anchors/300.txt", "anchors/300.consistency.txt"])
        rest = {other: data for other, data in files.items() if other != name}
        assert both(forged(tmp_path / "f.zip", rest | edited({name: files[name]}, chosen)), VKEY) in {2, 3}


def test_the_walk_through_a_token_survives_any_damage(wish: Wish) -> None:
    """Every cut and every changed byte of a token is either refused or leaves what it says as it was."""
    token = wish.anchors[0].stamp
    whole = stamp_of(token)
    for at in range(len(token)):
        with pytest.raises(Bad):
            stamp_of(token[:at])
        for bit in (1, 0x20, 0x80):
            try:
                found = stamp_of(token[:at] + bytes([token[at] ^ bit]) + token[at + 1 :])
            except (Bad, UnicodeDecodeError):
                continue
            assert len(found.imprint) <= len(token)
    assert stamp_of(token) == whole
