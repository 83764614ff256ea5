"""The log signs how far it has come and never takes it back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.conftest import KEY, START, Portal, write
from handoff_portal.adapters.objects import ObjectStore, objects
from handoff_portal.audit import checkpoints, note, store
from handoff_portal.audit.checkpoints import ForkFoundError, LogKey
from handoff_portal.audit.model import Root, SignedRoot
from handoff_portal.audit.sequencer import Sequencer, TreeMismatch

LOG = LogKey.local("portal.example/audit/1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def anchor(tmp_path: Path) -> ObjectStore:
    return objects(tmp_path.as_uri())


@pytest.fixture
def log(portal: Portal) -> psycopg.Connection:
    return portal.door("handoff_sequencer")


def sequence(log: psycopg.Connection) -> None:
    Sequencer({1: KEY}, print).run_once(log, START)


def test_each_checkpoint_contains_the_one_before(
    log: psycopg.Connection, written: Callable[[int], list[bytes]]
) -> None:
    sizes = []
    for turn, count in enumerate((1, 300, 7, 260)):
        written(count)
        sequence(log)
        signed = checkpoints.sign_newest(log, LOG, START + turn * MINUTE)
        opened = note.opened(signed.note, LOG.origin, LOG.trusted)
        assert (opened.size, opened.root) == (signed.size, signed.root)
        sizes.append(signed.size)
    assert sizes == [1, 301, 308, 568]


def test_nothing_new_gives_the_same_note_again(
    log: psycopg.Connection, written: Callable[[int], list[bytes]]
) -> None:
    written(3)
    sequence(log)
    first = checkpoints.sign_newest(log, LOG, START)
    assert checkpoints.sign_newest(log, LOG, START + MINUTE) == first


@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=1), timedelta(minutes=10)])
def test_a_clock_that_went_back_signs_nothing(
    log: psycopg.Connection, written: Callable[[int], list[bytes]], back: timedelta
) -> None:
    written(1)
    sequence(log)
    checkpoints.sign_newest(log, LOG, START)
    written(1)
    sequence(log)
    with pytest.raises(checkpoints.ClockWentBackError):
        checkpoints.sign_newest(log, LOG, START - back)


@pytest.mark.parametrize(
    "change",
    [
        "update audit_tile set hashes = overlay(hashes placing '\\x00ff00ff' from 1) where level = 0",
        "update audit_root set size = 2",
        "update audit_checkpoint set root = decode(repeat('00', 32), 'hex')",
        "update audit_checkpoint set note = 'mine'",
        "update audit_checkpoint set size = 500",
        "delete from audit_tile",
        "delete from audit_root",
    ],
)
def test_nothing_is_signed_over_a_changed_tree(
    portal: Portal, log: psycopg.Connection, written: Callable[[int], list[bytes]], change: str
) -> None:
    written(5)
    sequence(log)
    checkpoints.sign_newest(log, LOG, START)
    written(5)
    sequence(log)
    portal.rogue().execute(change.encode())
    with pytest.raises(TreeMismatch):
        checkpoints.sign_newest(log, LOG, START + MINUTE)
    assert store.waiting(log).signed_size in {5, 500}


def test_a_rewritten_tree_of_the_same_size_is_not_signed(
    portal: Portal, log: psycopg.Connection, written: Callable[[int], list[bytes]]
) -> None:
    """The administrator rebuilds everything from an edited event, but the signed note stands."""
    written(5)
    sequence(log)
    checkpoints.sign_newest(log, LOG, START)
    rogue = portal.rogue()
    for table in ("audit_event", "audit_leaf", "audit_tile", "audit_root"):
        rogue.execute(f"truncate {table}".encode())
    written(6)
    sequencer = Sequencer({1: KEY}, print)
    with pytest.raises(TreeMismatch, match="rolled back"):
        sequencer.run_once(log, START)
    rogue.execute("alter table audit_checkpoint rename to hidden")
    rogue.execute("create table audit_checkpoint (like hidden including all)")
    rogue.execute("grant select, insert on audit_checkpoint to handoff_sequencer")
    sequencer.run_once(log, START)
    rogue.execute("drop table audit_checkpoint")
    rogue.execute("alter table hidden rename to audit_checkpoint")
    with pytest.raises(TreeMismatch, match="does not begin with"):
        checkpoints.sign_newest(log, LOG, START + MINUTE)


def test_a_retired_key_is_still_trusted_for_what_it_signed(
    log: psycopg.Connection, written: Callable[[int], list[bytes]]
) -> None:
    written(2)
    sequence(log)
    checkpoints.sign_newest(log, LOG, START)
    written(2)
    sequence(log)
    fresh = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
    with pytest.raises(TreeMismatch):
        checkpoints.sign_newest(log, LogKey.local(LOG.origin, fresh), START + MINUTE)
    successor = LogKey.local(LOG.origin, fresh, (LOG.verifier,))
    assert checkpoints.sign_newest(log, successor, START + MINUTE).size == 4


def test_a_checkpoint_is_due_each_minute_and_soon_after_a_sensitive_event() -> None:
    root, signed = Root(7, b""), SignedRoot(5, b"", "", START)
    seconds = {second: START + timedelta(seconds=second) for second in (9, 10, 59, 60)}
    assert not checkpoints.is_due(Root(0, b""), None, START, START)
    assert checkpoints.is_due(root, None, None, START)
    assert not checkpoints.is_due(Root(5, b""), signed, START, seconds[60])
    assert [checkpoints.is_due(root, signed, None, seconds[s]) for s in (59, 60)] == [False, True]
    assert [checkpoints.is_due(root, signed, START, seconds[s]) for s in (9, 10)] == [False, True]


def test_the_daily_round_sequences_signs_and_keeps_the_note_elsewhere(
    portal: Portal, log: psycopg.Connection, anchor: ObjectStore, written: Callable[[int], list[bytes]]
) -> None:
    sequencer = Sequencer({1: KEY}, print)
    written(4)
    assert checkpoints.keep(log, sequencer, LOG, anchor, START) == 4
    written(4)
    checkpoints.keep(log, sequencer, LOG, anchor, START + timedelta(seconds=30))
    assert list(anchor.list("checkpoints/")) == ["checkpoints/00000000000000000004.txt"]
    write(portal.door("handoff_app"), action="case.accepted", case=uuid4())
    checkpoints.keep(log, sequencer, LOG, anchor, START + timedelta(seconds=31))
    assert [key[-6:] for key in anchor.list("checkpoints/")] == ["04.txt", "09.txt"]
    found = store.waiting(log)
    assert (found.waiting, found.size, found.signed_size, found.anchored_size) == (0, 9, 9, 9)
    assert found.checkpoint_age(START + MINUTE) == 0
    checkpoints.require_contains(log, LOG, checkpoints.newest_anchored(anchor))


def test_a_checkpoint_that_could_not_be_kept_elsewhere_is_tried_again(
    log: psycopg.Connection, anchor: ObjectStore, written: Callable[[int], list[bytes]]
) -> None:
    written(2)
    sequence(log)
    signed = checkpoints.sign_newest(log, LOG, START)
    anchor.put_if_absent(checkpoints.anchor_key(2), signed.note.encode())
    assert checkpoints.publish(log, anchor, START) == 1
    assert checkpoints.publish(log, anchor, START) == 0


def test_another_checkpoint_of_the_same_size_outside_is_a_fork(
    log: psycopg.Connection, anchor: ObjectStore, written: Callable[[int], list[bytes]]
) -> None:
    written(2)
    sequence(log)
    forged = note.Checkpoint(LOG.origin, 2, bytes(32)).text()
    other = note.sign(forged, LOG.origin, LOG.public, LOG.sign)
    anchor.put_if_absent(checkpoints.anchor_key(2), other.encode())
    checkpoints.sign_newest(log, LOG, START)
    with pytest.raises(ForkFoundError):
        checkpoints.publish(log, anchor, START)
    with pytest.raises(ForkFoundError):
        checkpoints.require_contains(log, LOG, [other])


def test_a_restored_older_database_is_noticed_by_a_checkpoint_held_outside(
    log: psycopg.Connection, written: Callable[[int], list[bytes]]
) -> None:
    written(2)
    sequence(log)
    later = note.sign(note.Checkpoint(LOG.origin, 9, bytes(32)).text(), LOG.origin, LOG.public, LOG.sign)
    with pytest.raises(TreeMismatch, match="rolled back"):
        checkpoints.require_contains(log, LOG, [later])
