"""What a dishonest administrator can do to the tables, and that each of it is found."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.conftest import KEY, START, Portal, write
from handoff_portal.adapters.database import leaf
from handoff_portal.audit import checkpoints, note, store
from handoff_portal.audit.checkpoints import LogKey
from handoff_portal.audit.inspection import inspect
from handoff_portal.audit.sequencer import Sequencer
from handoff_portal.audit.tree import Tree, leaf_hash

LOG = LogKey.local("portal.example/audit/1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
KEYS = {1: KEY}


@pytest.fixture
def log(portal: Portal) -> psycopg.Connection:
    """300 events of three cases, with a checkpoint after 150 and one after all."""
    app, sequencing = portal.door("handoff_app"), portal.door("handoff_sequencer")
    cases = [uuid4() for _ in range(3)]
    for turn in range(2):
        for i in range(150):
            write(app, case=cases[i % 3], minute=i % 60)
        Sequencer(KEYS, print).run_once(sequencing, START)
        checkpoints.sign_newest(sequencing, LOG, START + timedelta(minutes=turn))
    return sequencing


def held(log: psycopg.Connection) -> str:
    newest = store.newest_checkpoint(log)
    assert newest
    return newest.note


def test_an_honest_log_is_whole(portal: Portal, log: psycopg.Connection) -> None:
    write(portal.door("handoff_app"))
    assert inspect(log, KEYS, LOG, [held(log)]) == []


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        (
            "update audit_event set leaf = overlay(leaf placing '\\x30' from 9) where id = 9",
            "Entry 8 was changed",
        ),
        (
            "update audit_event set mac = decode(repeat('00', 32), 'hex') where id = 9",
            "Entry 8 is unsound: wrong MAC",
        ),
        ("update audit_event set actor_id = gen_random_uuid() where id = 9", "actor differ from the leaf"),
        ("update audit_event set org_id = null where id = 9", "org differ from the leaf"),
        ("delete from audit_event where id = 9", "Entry 8 has lost its event 9"),
        ("delete from audit_leaf where idx = 8", "Entry 8 is missing"),
        ("delete from audit_leaf where idx = 8; delete from audit_event where id = 9", "Entry 8 is missing"),
        ("delete from audit_leaf where idx >= 290", "cut or rolled back"),
        (
            "update audit_leaf set leaf_hash = decode(repeat('00', 32), 'hex') where idx = 8",
            "Entry 8 was changed",
        ),
        (
            (
                "update audit_leaf set event_id = -event_id where idx in (8, 9);"
                "update audit_leaf set event_id = case idx when 8 then 10 else 9 end where idx in (8, 9)"
            ),
            "Entry 8 was changed",
        ),
        (
            (
                "alter table audit_event alter id drop identity; update audit_event set id = -9 where id = 9;"
                "update audit_event set id = 9 where id = 10; update audit_event set id = 10 where id = -9"
            ),
            "Entry 8 was changed",
        ),
        ("delete from audit_tile where level = 1", "Tile 1/0 is not that of the events"),
        ("update audit_tile set hashes = substr(hashes, 33) where n = 1", "Tile 0/1 is not that"),
        ("insert into audit_tile values (3, 7, decode(repeat('00', 32), 'hex'))", "Tile 3/7 is not that"),
        ("update audit_root set size = 299", "stored root of 299 entries"),
        ("delete from audit_root", "stored root of 0 entries"),
        ("truncate audit_event", "Entry 0 has lost its event 1"),
        ("truncate audit_leaf", "cut or rolled back"),
        ("update audit_checkpoint set size = 151 where size = 150", "another size in its note"),
        ("update audit_checkpoint set note = replace(note, E'\\n150\\n', E'\\n151\\n')", "is not genuine"),
        ("update case_counter set seq = 101", "counted 101 events, the last in the log is number 100"),
        ("delete from case_counter", "counted 0 events"),
    ],
)
def test_every_tampering_is_found(
    portal: Portal, log: psycopg.Connection, tampering: str, finding: str
) -> None:
    kept = held(log)
    rogue = portal.rogue()
    for statement in tampering.split(";"):
        rogue.execute(statement.encode())
    assert any(finding in one for one in inspect(log, KEYS, LOG, [kept]))


def test_an_event_taken_out_of_the_queue_is_found(portal: Portal, log: psycopg.Connection) -> None:
    write(portal.door("handoff_app"), case=uuid4())
    rogue = portal.rogue()
    rogue.execute("truncate audit_queue")
    assert inspect(log, KEYS, LOG) == ["Event 301 is in no list."]
    rogue.execute("delete from audit_event where id = 301")
    assert [
        one.endswith("counted 1 events, the last in the log is number 0.") for one in inspect(log, KEYS, LOG)
    ] == [True]


def test_an_older_database_restored_whole_is_found_by_a_checkpoint_held_outside(
    portal: Portal, log: psycopg.Connection
) -> None:
    kept = held(log)
    rogue = portal.rogue()
    cut(rogue, 150)
    assert inspect(log, KEYS, LOG) == []
    assert inspect(log, KEYS, LOG, [kept]) == [
        "A held checkpoint has 300 entries, the log only 150: it was cut or rolled back."
    ]


def cut(rogue: psycopg.Connection, size: int) -> None:
    """Bring every table back to how it was at this size."""
    rogue.execute("delete from audit_leaf where idx >= %s", (size,))
    rogue.execute("delete from audit_event where id > %s", (size,))
    rogue.execute("delete from audit_checkpoint where size > %s", (size,))
    rogue.execute("update case_counter set seq = %s", (size // 3,))
    rebuild(rogue)


def rebuild(rogue: psycopg.Connection) -> None:
    """Make leaves, tiles and root fit the events again, as somebody with the source code would."""
    rows = rogue.execute(
        "select l.idx, e.leaf from audit_leaf l join audit_event e on e.id = l.event_id order by l.idx"
    ).fetchall()
    tree = Tree()
    hashes = [leaf_hash(octets) for _, octets in rows]
    rogue.execute("truncate audit_tile, audit_root")
    for (idx, _), one in zip(rows, hashes, strict=True):
        rogue.execute("update audit_leaf set leaf_hash = %s where idx = %s", (one, idx))
    for (level, n), tile in tree.append(hashes).items():
        rogue.execute("insert into audit_tile values (%s, %s, %s)", (level, n, tile))
    rogue.execute("insert into audit_root (size, root) values (%s, %s)", (tree.size, tree.root()))


def test_a_tree_rewritten_over_an_edited_event_breaks_what_was_signed(
    portal: Portal, log: psycopg.Connection
) -> None:
    """Even somebody who stole the MAC key and rebuilt every hash meets the signed checkpoints."""
    rogue = portal.rogue()
    row = rogue.execute("select leaf from audit_event where id = 9").fetchone()
    assert row
    edited = row[0].replace(b'"count":8', b'"count":7')
    rogue.execute("update audit_event set leaf = %s, mac = %s where id = 9", (edited, leaf.mac(KEY, edited)))
    rebuild(rogue)
    found = inspect(log, KEYS, LOG)
    assert found == [
        f"The first {size} entries are not those of the stored checkpoint." for size in (150, 300)
    ]
    kept = held(log)
    rogue.execute("truncate audit_checkpoint cascade")
    assert inspect(log, KEYS, LOG) == []
    assert inspect(log, KEYS, LOG, [kept]) == ["The first 300 entries are not those of the held checkpoint."]


def test_with_the_signing_key_stolen_too_a_held_checkpoint_shows_the_fork(
    portal: Portal, log: psycopg.Connection
) -> None:
    kept = held(log)
    rogue = portal.rogue()
    rogue.execute("truncate audit_checkpoint cascade")
    rogue.execute("delete from audit_leaf where idx = 299")
    rogue.execute("delete from audit_event where id = 300")
    rogue.execute(
        "update case_counter c set seq = (select max(case_seq) from audit_event e "
        "where e.case_id = c.case_id)"
    )
    rebuild(rogue)
    checkpoints.sign_newest(log, LOG, START + timedelta(hours=1))
    assert inspect(log, KEYS, LOG) == []
    assert len(inspect(log, KEYS, LOG, [kept])) == 1


def test_an_invented_event_put_into_the_tree_is_found(portal: Portal, log: psycopg.Connection) -> None:
    write(portal.door("handoff_worker"), key=b"\x01" * 32)
    rogue = portal.rogue()
    rogue.execute("truncate audit_queue")
    rogue.execute("insert into audit_leaf values (300, 301, decode(repeat('00', 32), 'hex'))")
    rebuild(rogue)
    assert inspect(log, KEYS, LOG, [held(log)]) == ["Entry 300 is unsound: wrong MAC."]


def test_a_foreign_checkpoint_is_not_genuine(log: psycopg.Connection) -> None:
    stranger = LogKey.local(LOG.origin, Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    text = note.Checkpoint(LOG.origin, 1, bytes(32)).text()
    foreign = note.sign(text, LOG.origin, stranger.public, stranger.sign)
    assert inspect(log, KEYS, LOG, [foreign]) == [
        "A held checkpoint is not genuine: No trusted key signed this note."
    ]


def test_quarantined_events_stay_on_the_list(portal: Portal, log: psycopg.Connection) -> None:
    write(portal.door("handoff_app"), key=b"\x01" * 32)
    Sequencer(KEYS, print).run_once(log, START)
    assert inspect(log, KEYS, LOG) == ["Event 301 is in quarantine: wrong MAC."]
