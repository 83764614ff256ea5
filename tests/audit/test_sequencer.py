"""Every event gets exactly one place, whatever happens to the processes that give the places."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest

from audit.conftest import KEY, LONG, START, Portal, soak, write
from handoff_portal.audit import store
from handoff_portal.audit.sequencer import Sequencer, TreeMismatch
from handoff_portal.audit.tree import Tiles, Tree, leaf_hash

HAND = """
import sys, time
from datetime import UTC, datetime
import psycopg
from handoff_portal.audit.sequencer import Sequencer
sequencer = Sequencer({1: bytes(range(32))}, print, most=7)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    print("ready", flush=True)
    while True:
        if not sequencer.run_once(connection, datetime(2026, 3, 1, tzinfo=UTC)).taken:
            time.sleep(0.005)
"""


def a_sequencer(alarms: list[str] | None = None, most: int = 50) -> Sequencer:
    heard = [] if alarms is None else alarms
    return Sequencer({1: KEY}, heard.append, most)


def drain(connection: psycopg.Connection, sequencer: Sequencer) -> None:
    while sequencer.run_once(connection, START).taken:
        pass


def require_whole(connection: psycopg.Connection) -> int:
    """Every event has one leaf, without gap, and tiles and root are those of the leaves."""
    events = connection.execute("select id, leaf from audit_event").fetchall()
    places = connection.execute("select idx, event_id, leaf_hash from audit_leaf order by idx").fetchall()
    leaves: dict[int, bytes] = dict(events)
    assert [idx for idx, _, _ in places] == list(range(len(events)))
    assert all(leaf_hash(leaves[event_id]) == kept for _, event_id, kept in places)
    tree = Tree()
    tree.append([kept for _, _, kept in places])
    root = store.newest_root(connection)
    assert (root.size, root.root) == (tree.size, tree.root())
    assert Tiles(lambda level, n: store.tile(connection, level, n)).root(tree.size) == tree.root()
    queued = connection.execute("select count(*) from audit_queue").fetchone()
    assert queued == (0,)
    return tree.size


def require_cases_in_order(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "select e.case_id, e.case_seq from audit_leaf l join audit_event e on e.id = l.event_id "
        "where e.case_id is not null order by l.idx"
    ).fetchall()
    counted: dict[object, int] = {}
    for case, seq in rows:
        assert seq == counted.get(case, 0) + 1
        counted[case] = seq


def test_events_enter_the_tree_in_the_order_they_were_written(
    portal: Portal, written: Callable[[int], list[bytes]]
) -> None:
    leaves = written(600)
    connection = portal.door("handoff_sequencer")
    sequencer = a_sequencer()
    drain(connection, sequencer)
    assert require_whole(connection) == 600
    rows = connection.execute(
        "select e.leaf from audit_leaf l join audit_event e on e.id = l.event_id order by l.idx"
    ).fetchall()
    assert [row[0] for row in rows] == leaves


def test_a_new_process_goes_on_from_the_stored_tiles(
    portal: Portal, written: Callable[[int], list[bytes]]
) -> None:
    connection = portal.door("handoff_sequencer")
    first, second = a_sequencer(), a_sequencer()
    for count in (300, 1, 230, 40):
        written(count)
        drain(connection, first)
        written(7)
        drain(connection, second)
    assert require_whole(connection) == 300 + 1 + 230 + 40 + 4 * 7


def test_an_empty_queue_changes_nothing(portal: Portal) -> None:
    batch = a_sequencer().run_once(portal.door("handoff_sequencer"), START)
    assert (batch.taken, batch.quarantined, batch.root.size) == (0, (), 0)


def test_a_failed_batch_leaves_the_queue_and_the_memory_as_they_were(
    portal: Portal, written: Callable[[int], list[bytes]]
) -> None:
    written(20)
    connection = portal.door("handoff_sequencer")
    sequencer = a_sequencer(most=10)
    sequencer.run_once(connection, START)
    rogue = portal.rogue()
    rogue.execute("insert into audit_leaf values (15, 99999, %s)", (bytes(32),))
    with pytest.raises(psycopg.errors.UniqueViolation):
        sequencer.run_once(connection, START)
    rogue.execute("delete from audit_leaf where idx = 15")
    drain(connection, sequencer)
    assert require_whole(connection) == 20


def test_an_invented_event_is_kept_out_with_an_alarm_and_the_rest_goes_on(
    portal: Portal, written: Callable[[int], list[bytes]]
) -> None:
    written(2)
    write(portal.door("handoff_worker"), key=b"\x01" * 32)
    written(2)
    connection, alarms = portal.door("handoff_sequencer"), list[str]()
    batch = a_sequencer(alarms).run_once(connection, START)
    assert batch.root.size == 4
    assert [one.reason for one in batch.quarantined] == ["wrong MAC"]
    assert alarms == [f"Event {batch.quarantined[0].event_id} stays out of the log: wrong MAC."]
    assert store.waiting(connection).quarantined == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update audit_event set leaf = overlay(leaf placing '\\x30' from 30) where id = %s", "wrong MAC"),
        ("update audit_event set mac = decode(repeat('00', 32), 'hex') where id = %s", "wrong MAC"),
        ("update audit_event set kid = 9 where id = %s", "unknown MAC key 9"),
        ("update audit_event set org_id = gen_random_uuid() where id = %s", "org differ from the leaf"),
        ("update audit_event set own_org_id = null where id = %s", "own differ from the leaf"),
        ("update audit_event set ts = ts + interval '1 hour' where id = %s", "at differ from the leaf"),
        ("update audit_event set action = 'case.closed' where id = %s", "act differ from the leaf"),
        (
            "update audit_event set outcome = 'refused', case_seq = 7 where id = %s",
            "cseq, out differ from the leaf",
        ),
        ("delete from audit_event where id = %s", "the event is missing"),
    ],
)
def test_a_row_changed_before_it_entered_the_tree_is_kept_out(
    portal: Portal, written: Callable[[int], list[bytes]], change: str, reason: str
) -> None:
    written(3)
    portal.rogue().execute(change.encode(), (2,))
    batch = a_sequencer().run_once(portal.door("handoff_sequencer"), START)
    assert [(one.event_id, one.reason) for one in batch.quarantined] == [(2, reason)]
    assert batch.root.size == 2


@pytest.mark.parametrize(
    "change",
    [
        "update audit_tile set hashes = overlay(hashes placing '\\x00ff00ff' from 33) where level = 0",
        "delete from audit_tile where level = 0",
        "update audit_tile set hashes = substr(hashes, 1, 64)",
        "update audit_root set root = decode(repeat('00', 32), 'hex')",
        "update audit_root set size = size - 1",
        "insert into audit_checkpoint values (99, decode(repeat('00', 32), 'hex'), '', now())",
        "insert into audit_checkpoint values (40, decode(repeat('00', 32), 'hex'), '', now())",
    ],
)
def test_a_new_process_refuses_a_tree_that_was_tampered_with(
    portal: Portal, written: Callable[[int], list[bytes]], change: str
) -> None:
    written(40)
    connection = portal.door("handoff_sequencer")
    drain(connection, a_sequencer())
    portal.rogue().execute(change.encode())
    written(1)
    with pytest.raises(TreeMismatch):
        a_sequencer().run_once(connection, START)


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_competing_sequencers_and_writers_give_every_event_one_place_in_order(portal: Portal) -> None:
    cases = [uuid4() for _ in range(4)]
    stop = threading.Event()

    def writes(number: int) -> None:
        door = portal.door("handoff_app")
        for i in range(soak(100, 1000)):
            write(door, case=cases[(i + number) % 4], minute=i % 60)

    def sequences() -> None:
        door, sequencer = portal.door("handoff_sequencer"), a_sequencer(most=7)
        while not stop.is_set():
            sequencer.run_once(door, START)

    writers = [threading.Thread(target=writes, args=(number,)) for number in range(4)]
    sequencers = [threading.Thread(target=sequences) for _ in range(3)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sequencers:
        thread.join()
    connection = portal.door("handoff_sequencer")
    drain(connection, a_sequencer(most=5000))
    assert require_whole(connection) == 4 * soak(100, 1000)
    require_cases_in_order(connection)


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_sequencers_killed_at_any_moment_lose_and_double_nothing(portal: Portal) -> None:
    stop, wrote = threading.Event(), list[int]()

    def writes() -> None:
        door, cases = portal.door("handoff_app"), [uuid4(), uuid4()]
        while not stop.is_set():
            write(door, case=cases[len(wrote) % 2])
            wrote.append(1)

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        for kill in range(soak(4, 100)):
            hands = [_a_hand(portal) for _ in range(2)]
            time.sleep(0.01 + (kill * 37 % 100) / 500)
            for hand in hands:
                os.kill(hand.pid, signal.SIGKILL)
                hand.communicate()
    finally:
        stop.set()
        writer.join()
    connection = portal.door("handoff_sequencer")
    before = store.newest_root(connection).size
    drain(connection, a_sequencer(most=5000))
    assert before > 0
    assert require_whole(connection) == len(wrote)
    require_cases_in_order(connection)


def _a_hand(portal: Portal) -> subprocess.Popen[str]:
    hand = subprocess.Popen(
        [sys.executable, "-c", HAND, portal.address("handoff_sequencer")], stdout=subprocess.PIPE, text=True
    )
    assert hand.stdout
    assert hand.stdout.readline() == "ready\n"
    return hand


def test_the_health_numbers_say_how_long_events_wait(
    portal: Portal, written: Callable[[int], list[bytes]]
) -> None:
    app = portal.door("handoff_app")
    assert store.waiting(app).queue_age(START) == 0
    written(3)
    found = store.waiting(app)
    assert (found.waiting, found.size, found.queue_age(START)) == (3, 0, 0)
    later = START.replace(hour=9)
    assert found.queue_age(later) == 3600
    drain(portal.door("handoff_sequencer"), a_sequencer())
    found = store.waiting(app)
    assert (found.waiting, found.size, found.signed_size, found.queue_age(later)) == (0, 3, 0, 0)
