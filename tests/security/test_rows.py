"""Raw SQL as the role that serves pages: what an injection could reach with somebody's session."""

import secrets

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.permissions import Role
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague
from security.borrowing import Attempt, Table, as_app, copy_of, keys_seen, may_select, table, touched
from security.catalogue import grants, tables
from security.full_world import FullWorld

SHARED = {
    "organisation": "agencies are in the directory",
    "organisation_key": "wrapped; a business wraps its case keys for agencies",
    "agency_profile": "the directory",
    "licence": "the directory, unless turned down",
    "assurance": "the directory, unless turned down",
    "system_key": "wrapped; every process opens it with the master key",
    "audit_leaf": "hashes only",
    "audit_tile": "hashes only",
    "audit_checkpoint": "hashes only",
    "audit_anchored": "hashes only",
    "audit_testimony": "time stamps and cosignatures of checkpoints",
    "guard_rules": "everybody may read the rules that count for them",
}
"""Tables whose rows strangers may read, each for a reason; none of them may they change."""

SEQUENCED = {
    "audit_leaf",
    "audit_tile",
    "audit_root",
    "audit_checkpoint",
    "audit_anchored",
    "audit_testimony",
    "audit_quarantine",
}
"""Tables that only the sequencer and the authorities around the log fill, which do not run here."""

OPERATED = {"guard_replay", "guard_rules"}
"""Tables that officers of the operator fill, which happens in tests/rules."""

UNSEEN = {
    "audit_queue",
    "audit_root",
    "case_customer",
    "contact_basis",
    "email_change",
    "invitation",
    "outbox",
    "password_mark",
    "password_reset",
    "recovery_code",
    "throttle",
    "totp",
}
"""Tables that the role cannot read at all."""


@pytest.fixture(scope="module")
def names(administrator: Attempt) -> list[str]:
    return [row[0] for row in tables(administrator) if row[0] != "alembic_version"]


def session(person: SignedIn) -> str:
    return person.actor.session_hash.hex()


def test_each_side_sees_rows_in_every_table_that_a_stranger_must_not(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld, names: list[str]
) -> None:
    for name in names:
        wanted = table(administrator, name)
        seen = set()
        for side in (full.business, full.agency):
            with as_app(postgres, session(side)) as connection:
                if may_select(connection, wanted):
                    seen |= keys_seen(connection, wanted)
        if name not in SEQUENCED | OPERATED:  # filled once any test has run the sequencer or an officer
            assert bool(seen) != (name in UNSEEN), f"{name}: nothing to prove, or more than was reviewed"


def test_a_strangers_session_reads_changes_removes_and_copies_nothing(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld, names: list[str]
) -> None:
    for name in names:
        wanted = table(administrator, name)
        for side in (full.business, full.agency):
            with as_app(postgres, session(side)) as connection:
                theirs = keys_seen(connection, wanted) if may_select(connection, wanted) else set()
            for stranger in (full.other_business, full.other_agency):
                with as_app(postgres, session(stranger)) as connection:
                    mine = keys_seen(connection, wanted) if may_select(connection, wanted) else set()
                    if name not in SHARED:
                        assert not mine & theirs, f"{name}: read"
                    _require_untouchable(connection, administrator, wanted, sorted(theirs, key=str)[:3])


def _require_untouchable(
    connection: Attempt, administrator: Attempt, wanted: Table, keys: list[TupleRow]
) -> None:
    for key in keys:
        first = sql.Identifier(wanted.columns[-1])
        change = sql.SQL("update {} set {} = {} where {}").format(wanted.ident, first, first, wanted.same)
        assert not touched(connection, change, key), f"{wanted.name}: changed"
        remove = sql.SQL("delete from {} where {}").format(wanted.ident, wanted.same)
        assert not touched(connection, remove, key), f"{wanted.name}: removed"
        assert not copy_of(connection, administrator, wanted, key), f"{wanted.name}: copied"


def test_every_column_that_may_be_changed_is_out_of_a_strangers_reach(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld
) -> None:
    for row in grants(administrator):
        if row["role"] != "handoff_app" or not row["update"]:
            continue
        wanted = table(administrator, row["table"])
        columns = wanted.columns if row["update"] == "all" else row["update"].split()
        for stranger in (full.other_business, full.other_agency):
            with as_app(postgres, session(stranger)) as connection:
                for column in columns:
                    name = sql.Identifier(column)
                    change = sql.SQL("update {} set {} = {}").format(wanted.ident, name, name)
                    assert touched(connection, change, ()) == 0, f"{wanted.name}.{column}"


@pytest.mark.parametrize("shown", [None, "", "00" * 32])
def test_without_a_live_session_only_wrapped_system_keys_can_be_read(
    postgres: EmbeddedPostgres, administrator: Attempt, full: FullWorld, names: list[str], shown: str | None
) -> None:
    assert full.case.id is not None
    with as_app(postgres, shown) as connection:
        assert _visible(connection, administrator, names) <= {"system_key", "organisation"}
        kinds = {row[0] for row in connection.execute("select kind from organisation")}
        assert kinds <= {"agency", "operator"}


@pytest.mark.parametrize(
    "ended",
    [
        "revoked_at = now()",
        "expires_at = now() - interval '1 second'",
        "idle_expires_at = now() - interval '1 second'",
        "stage = 'password'",
    ],
)
def test_a_session_that_is_not_live_reads_like_none(
    portal: Portal,
    postgres: EmbeddedPostgres,
    administrator: Attempt,
    full: FullWorld,
    names: list[str],
    ended: str,
) -> None:
    again = a_colleague(portal, full.business, Role.BUSINESS_ADMIN)
    with as_app(postgres, session(again)) as connection:
        assert "cases" in _visible(connection, administrator, names)
    change = sql.SQL("update session set {} where id = %s").format(sql.SQL(ended))
    administrator.execute(change, [again.actor.session])
    with as_app(postgres, session(again)) as connection:
        assert _visible(connection, administrator, names) <= {"system_key", "organisation"}


def test_injected_sql_cannot_become_somebody_else(postgres: EmbeddedPostgres, full: FullWorld) -> None:
    """It may set the variable, but what belongs there is a secret that no row and no view shows to it."""
    with as_app(postgres, session(full.other_business)) as connection:
        for guess in (str(full.business.actor.session), str(full.business.actor.org), secrets.token_hex(32)):
            connection.execute("select set_config('app.session', %s, true)", [guess.replace("-", "")])
            assert connection.execute("select ctx_org(), ctx_kind(), ctx_person()").fetchone() == (None,) * 3
        for place in (
            "select token_hash from session",
            "select * from session",
            "select password_hash from person",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(place)


def test_the_statements_of_others_do_not_show_their_sessions(
    portal: Portal, postgres: EmbeddedPostgres, full: FullWorld
) -> None:
    """Sessions travel as bound parameters, so pg_stat_activity has nothing to steal."""
    with portal.database.work(full.business.actor) as work, as_app(postgres, None) as connection:
        assert work.actor == full.business.actor
        seen = [row[0] for row in connection.execute("select query from pg_stat_activity")]
        assert any("set_config" in query for query in seen)
        assert not any(session(full.business) in query for query in seen)


def _visible(connection: Attempt, administrator: Attempt, names: list[str]) -> set[str]:
    found = set()
    for name in names:
        wanted = table(administrator, name)
        if may_select(connection, wanted) and keys_seen(connection, wanted):
            found.add(name)
    return found
