"""Outsiders vouch for the log: time stamps by a real authority, cosignatures of known witnesses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rfc3161_client import TimestampRequestBuilder

from audit.conftest import KEY, OPERATOR, START, Portal, sign_in
from authority import TestAuthority, new_authority, serving
from handoff_portal.adapters.objects import ObjectStore, objects
from handoff_portal.adapters.outgoing import OutgoingError, fetch
from handoff_portal.adapters.timestamps import Authority, StampError, check_stamp, read_stamp
from handoff_portal.audit import checkpoints, note, store
from handoff_portal.audit.checkpoints import ForkFoundError, LogKey
from handoff_portal.audit.model import SignedRoot
from handoff_portal.audit.sequencer import Sequencer
from handoff_portal.audit.store import testimony as rows
from handoff_portal.audit.testimony import accept_cosignatures, stamp_newest

LOG = LogKey.local("portal.example/audit/1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
SECRET = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = note.Verifier("witness.example/w1", note.COSIGNATURE, SECRET.public_key().public_bytes_raw())
HOUR = timedelta(hours=1)
MESSAGE = b"a note\n"


@pytest.fixture(scope="module")
def served() -> Iterator[TestAuthority]:
    with serving(new_authority()) as authority:
        yield authority


@pytest.fixture
def authority(served: TestAuthority) -> Iterator[TestAuthority]:
    yield served
    served.twist, served.status = {}, 200


@pytest.fixture
def anchor(tmp_path: Path) -> ObjectStore:
    return objects(tmp_path.as_uri())


@pytest.fixture
def log(portal: Portal) -> psycopg.Connection:
    return portal.door("handoff_sequencer")


@pytest.fixture
def grow(log: psycopg.Connection, written: Callable[[int], list[bytes]]) -> Callable[[int], SignedRoot]:
    """Writes some events and signs, so many minutes after the start."""

    def growing(minute: int) -> SignedRoot:
        written(3)
        Sequencer({1: KEY}, print).run_once(log, START)
        return checkpoints.sign_newest(log, LOG, START + timedelta(minutes=minute))

    return growing


def asked(authority: TestAuthority) -> Authority:
    return Authority(authority.url, (authority.root,))


def test_a_token_says_what_existed_and_when(authority: TestAuthority) -> None:
    token = asked(authority).stamp(MESSAGE)
    assert read_stamp(token).imprint == sha256(MESSAGE).digest()
    assert check_stamp(token, MESSAGE, (authority.root,)) == read_stamp(token)


def test_a_token_of_somebody_else_or_over_something_else_is_refused(authority: TestAuthority) -> None:
    token = asked(authority).stamp(MESSAGE)
    with pytest.raises(StampError, match="trusted roots"):
        check_stamp(token, MESSAGE, (new_authority().root,))
    with pytest.raises(StampError, match="something else"):
        check_stamp(token, b"another note\n", (authority.root,))
    changed = token[:-1] + bytes([token[-1] ^ 1])
    with pytest.raises(StampError, match="trusted roots"):
        check_stamp(changed, MESSAGE, (authority.root,))
    for junk in (b"", b"0", token[:-1], b"<html>"):
        with pytest.raises(StampError, match="not a time stamp"):
            check_stamp(junk, MESSAGE, ())


def test_an_answer_to_another_request_is_refused(authority: TestAuthority) -> None:
    authority.twist = {"nonce": 7}
    with pytest.raises(StampError, match="another request"):
        asked(authority).stamp(MESSAGE)
    other = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(b"other").digest()}
    authority.twist = {"imprint": other}
    with pytest.raises(StampError, match="something else"):
        asked(authority).stamp(MESSAGE)


def test_an_authority_that_is_away_or_answers_an_error_is_told_apart(authority: TestAuthority) -> None:
    authority.status = 503
    with pytest.raises(OutgoingError, match="answered 503"):
        asked(authority).stamp(MESSAGE)
    with pytest.raises(OutgoingError, match="does not answer"):
        Authority("http://127.0.0.1:9/stamp").stamp(MESSAGE)
    authority.status = 200
    with pytest.raises(OutgoingError, match="more than 10 bytes"):
        fetch(authority.url, TimestampRequestBuilder().data(MESSAGE).build().as_bytes(), most=10)


@pytest.mark.parametrize("url", ["http://stamps.example/", "ftp://127.0.0.1/", "file:///etc/hosts", "stamps"])
def test_nothing_is_asked_in_the_clear_but_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        fetch(url)


def test_the_newest_checkpoint_is_stamped_once_an_hour_and_kept_in_two_places(
    log: psycopg.Connection,
    anchor: ObjectStore,
    grow: Callable[[int], SignedRoot],
    authority: TestAuthority,
) -> None:
    signed = grow(0)
    first = stamp_newest(log, anchor, asked(authority), START)
    assert first is not None
    assert (first.size, first.giver) == (3, "127.0.0.1")
    check_stamp(first.said, signed.note.encode(), (authority.root,))
    (place,) = anchor.list("timestamps/")
    assert b"".join(anchor.read(place)) == first.said
    grow(1)
    assert stamp_newest(log, anchor, asked(authority), START + HOUR / 2) is None
    second = stamp_newest(log, anchor, asked(authority), START + HOUR)
    assert second is not None
    assert second.size == 6
    assert stamp_newest(log, anchor, asked(authority), START + 3 * HOUR) is None
    assert [one.size for one in rows.newest_of_each(log, 100)] == [6]
    assert [one.size for one in rows.newest_of_each(log, 5)] == [3]


def test_a_failing_authority_leaves_nothing_behind(
    log: psycopg.Connection, anchor: ObjectStore, grow: Callable[[int], SignedRoot], authority: TestAuthority
) -> None:
    grow(0)
    authority.status = 500
    with pytest.raises(OutgoingError):
        stamp_newest(log, anchor, asked(authority), START)
    assert not rows.newest_of_each(log, 100)
    assert grow(1).size == 6
    authority.status = 200
    assert stamp_newest(log, anchor, asked(authority), START) is not None


def test_cosignatures_of_known_witnesses_are_kept_and_others_passed_over(
    log: psycopg.Connection, anchor: ObjectStore, grow: Callable[[int], SignedRoot]
) -> None:
    signed = grow(0)
    raw = note.cosign(signed.note, WITNESS, 1_800_000_000, SECRET.sign)
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    unknown = note.Verifier("stranger.example", note.COSIGNATURE, stranger.public_key().public_bytes_raw())
    raw = note.cosign(raw, unknown, 1_800_000_000, stranger.sign)
    (kept,) = accept_cosignatures(log, anchor, LOG, (WITNESS,), raw, START)
    assert accept_cosignatures(log, anchor, LOG, (WITNESS,), raw, START) == [kept]
    assert (kept.giver, kept.at.year) == (WITNESS.name, 2027)
    assert [one.giver for one in rows.about(log, 3)] == [WITNESS.name]
    assert len(list(anchor.list("cosignatures/"))) == 1
    assert accept_cosignatures(log, anchor, LOG, (), raw, START) == []


def test_a_false_cosignature_and_a_foreign_checkpoint_are_refused(
    log: psycopg.Connection, anchor: ObjectStore, grow: Callable[[int], SignedRoot]
) -> None:
    signed = grow(0)
    false = note.cosign(signed.note, WITNESS, 1_800_000_000, LOG.sign)
    other = LogKey.local(LOG.origin, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    point = note.opened(signed.note, LOG.origin, LOG.trusted)
    foreign = note.sign(point.text(), other.origin, other.public, other.sign)
    unknown = note.sign(replace(point, size=99).text(), LOG.origin, LOG.public, LOG.sign)
    late = note.cosign(signed.note, WITNESS, 2**63, SECRET.sign)
    for raw in (false, foreign, unknown, late, "", "junk\n\nmore\n"):
        with pytest.raises(note.NoteError):
            accept_cosignatures(log, anchor, LOG, (WITNESS,), raw, START)
    forked = note.sign(replace(point, root=bytes(32)).text(), LOG.origin, LOG.public, LOG.sign)
    with pytest.raises(ForkFoundError):
        accept_cosignatures(log, anchor, LOG, (WITNESS,), forked, START)


def test_nobody_changes_what_outsiders_said(
    portal: Portal, log: psycopg.Connection, anchor: ObjectStore, grow: Callable[[int], SignedRoot]
) -> None:
    raw = note.cosign(grow(0).note, WITNESS, 1_800_000_000, SECRET.sign)
    accept_cosignatures(log, anchor, LOG, (WITNESS,), raw, START)
    app = portal.door("handoff_app")
    assert not rows.about(app, 3)
    sign_in(app, OPERATOR)
    assert len(rows.about(app, 3)) == 1
    for statement in ("update audit_testimony set giver = 'x'", "delete from audit_testimony"):
        for door in (app, log):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                door.execute(statement.encode())
    assert store.waiting(log).signed_size == 3
