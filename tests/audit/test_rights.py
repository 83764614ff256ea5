"""Who may write, read and change the log's tables, tried as each database role."""

from collections.abc import Callable
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from audit.conftest import AGENCY, BUSINESS, OPERATOR, Portal, sign_in, write

TABLES = (
    "audit_event", "audit_queue", "audit_leaf", "audit_tile", "audit_root", "audit_checkpoint",
    "audit_anchored", "audit_quarantine", "case_counter",
)  # fmt: skip


def about(command: LiteralString, table: str) -> sql.Composed:
    return sql.SQL(command).format(sql.Identifier(table))


def count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(about("select count(*) from {}", table)).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize("role", ["handoff_app", "handoff_gate", "handoff_worker"])
def test_writers_append_and_the_event_waits_in_the_queue(portal: Portal, role: str) -> None:
    write(portal.door(role), case=None if role == "handoff_gate" else uuid4())
    sequencer = portal.door("handoff_sequencer")
    assert count(sequencer, "audit_event") == count(sequencer, "audit_queue") == 1


@pytest.mark.parametrize("role", ["handoff_app", "handoff_gate", "handoff_worker", "handoff_sequencer"])
@pytest.mark.parametrize("table", TABLES)
def test_nobody_changes_or_empties_what_was_written(portal: Portal, role: str, table: str) -> None:
    door = portal.door(role)
    allowed = {("handoff_sequencer", "audit_queue")}
    if (role, table) not in allowed:
        with pytest.raises(InsufficientPrivilege):
            door.execute(about("delete from {}", table))
    with pytest.raises(InsufficientPrivilege):
        door.execute(about("truncate {} cascade", table))


@pytest.mark.parametrize("role", ["handoff_app", "handoff_gate", "handoff_worker"])
@pytest.mark.parametrize("table", TABLES)
def test_writers_have_no_way_into_a_table_but_the_function(portal: Portal, role: str, table: str) -> None:
    door = portal.door(role)
    with pytest.raises(InsufficientPrivilege):
        door.execute(about("insert into {} default values", table))
    column = {"audit_root": "root", "audit_tile": "hashes"}.get(table)
    if column:
        with pytest.raises(InsufficientPrivilege):
            door.execute(sql.SQL("update {0} set {1} = {1}").format(*map(sql.Identifier, (table, column))))


@pytest.mark.parametrize("role", ["handoff_gate", "handoff_worker"])
@pytest.mark.parametrize("table", TABLES)
def test_the_gate_and_the_worker_read_nothing(portal: Portal, role: str, table: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        count(portal.door(role), table)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "audit_queue"])
def test_even_the_owner_is_stopped_by_the_triggers(portal: Portal, table: str) -> None:
    owner = portal.door("handoff_owner")
    for command in ("delete from {}", "truncate {} cascade"):
        with pytest.raises(InsufficientPrivilege, match="append-only"):
            owner.execute(about(command, table))


def test_an_event_may_only_be_written_once(portal: Portal) -> None:
    app = portal.door("handoff_app")
    case = uuid4()
    write(app, case=case)
    with pytest.raises(UniqueViolation), app.transaction():
        app.execute(
            "select append_event(%s, now(), 1::smallint, %s, '{}', null, null, %s, 1, null, 'a', 'ok')",
            (uuid4(), bytes(32), case),
        )


def test_people_read_their_own_slice_and_the_operator_everything(portal: Portal) -> None:
    worker = portal.door("handoff_worker")
    case = uuid4()
    write(worker, org=AGENCY, own=BUSINESS, case=case)
    write(worker, org=BUSINESS, own=BUSINESS, case=case)
    write(worker, org=OPERATOR, own=None)
    app = portal.door("handoff_app")
    assert count(app, "audit_event") == 0
    for org, events, counters in ((BUSINESS, 2, 1), (AGENCY, 1, 0), (OPERATOR, 3, 1)):
        sign_in(app, org)
        assert count(app, "audit_event") == events
        assert count(app, "case_counter") == counters


def test_proofs_need_a_session_too(portal: Portal, written: Callable[[int], list[bytes]]) -> None:
    written(3)
    rogue = portal.rogue()
    rogue.execute("insert into audit_tile values (0, 0, %s)", (bytes(32),))
    app = portal.door("handoff_app")
    assert count(app, "audit_tile") == 0
    sign_in(app, AGENCY)
    assert count(app, "audit_tile") == 1
    assert count(app, "audit_quarantine") == 0


def test_a_case_counts_from_one_without_a_gap_and_a_rolled_back_number_is_given_again(portal: Portal) -> None:
    app = portal.door("handoff_app")
    sign_in(app, BUSINESS)
    case = uuid4()
    assert [following(app, case), following(app, case)] == [1, 2]
    with app.transaction(force_rollback=True):
        assert following(app, case) == 3
    assert following(app, case) == 3


def test_a_worker_counts_any_case_on_but_for_its_owner_only(portal: Portal) -> None:
    worker = portal.door("handoff_worker")
    case = uuid4()
    assert [following(worker, case), following(worker, case, None)] == [1, 2]
    with pytest.raises(InsufficientPrivilege):
        following(worker, case, AGENCY)


def test_nobody_draws_a_number_for_a_case_of_others(portal: Portal) -> None:
    case = uuid4()
    assert following(portal.door("handoff_worker"), case) == 1
    app = portal.door("handoff_app")
    for caller in (None, AGENCY, OPERATOR):
        if caller:
            sign_in(app, caller)
        for own in (BUSINESS, None, AGENCY if caller != AGENCY else OPERATOR):
            with pytest.raises(InsufficientPrivilege):
                following(app, case, own)
    with pytest.raises(InsufficientPrivilege, match="belongs to another organisation"):
        following(app, case, OPERATOR)
    with pytest.raises(InsufficientPrivilege):
        following(portal.door("handoff_gate"), case)
    assert following(portal.door("handoff_worker"), case) == 2


def test_an_agency_that_was_offered_a_case_counts_it_on(portal: Portal) -> None:
    case = uuid4()
    _offer(portal.rogue(), case)
    app = portal.door("handoff_app")
    sign_in(app, AGENCY)
    assert [following(app, case), following(app, case)] == [1, 2]
    for own in (None, OPERATOR):
        with pytest.raises(InsufficientPrivilege):
            following(app, case, own)


def test_an_event_cannot_take_a_number_that_its_case_has_not_drawn(portal: Portal) -> None:
    case = uuid4()
    app = portal.door("handoff_app")
    write(app, case=case)
    for number in (2, 1000, None):
        with pytest.raises(InsufficientPrivilege):
            app.execute(
                "select append_event(%s, now(), 1::smallint, %s, '{}', null, null, %s, %s, null, 'a', 'ok')",
                (uuid4(), bytes(32), case, number),
            )


def following(door: psycopg.Connection, case: UUID, own: UUID | None = BUSINESS) -> int:
    row = door.execute("select next_case_seq(%s, %s)", (case, own)).fetchone()
    assert row
    return int(row[0])


def _offer(rogue: psycopg.Connection, case: UUID) -> None:
    """An offer of the case to the agency; keys to other tables are off, so the case itself may be missing."""
    rogue.execute(
        "insert into offer (id, case_id, business_id, agency_id, state, preview, commission_bp, allocation, "
        "wrapped, key_version, talk_for_business, talk_for_agency, made_at, made_by, expires_at) "
        "values (%s, %s, %s, %s, 'declined', '{}', 0, '{}', '', 1, '', '', now(), %s, now())",
        (uuid4(), case, BUSINESS, AGENCY, BUSINESS),
    )


def test_tiles_only_grow(portal: Portal) -> None:
    sequencer = portal.door("handoff_sequencer")
    sequencer.execute("insert into audit_tile values (0, 0, %s)", (b"a" * 32,))
    sequencer.execute("update audit_tile set hashes = %s", (b"a" * 32 + b"b" * 32,))
    for hashes in (b"a" * 32, b"a" * 32 + b"c" * 32):
        with pytest.raises(InsufficientPrivilege):
            sequencer.execute("update audit_tile set hashes = %s", (hashes,))
    sequencer.execute("insert into audit_root (size, root) values (2, %s)", (bytes(32),))
    with pytest.raises(InsufficientPrivilege):
        sequencer.execute("update audit_root set size = 2")
