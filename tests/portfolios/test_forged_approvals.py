"""A portfolio becomes cases only as somebody said here, whatever the database's administrator writes."""

from typing import LiteralString

import psycopg
import pytest

from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.portfolios.actions.acting import entered
from handoff_portal.portfolios.actions.committing import (
    MOST_ATTEMPTS,
    commit_chunk,
    commit_next,
    note_failure,
    open_order,
)
from handoff_portal.portfolios.actions.receipts import NotApproved, finish
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.web.portal import Portal
from identity.rogue import Rogue
from people import people
from portfolio_steps import a_file, approved, checked, committed, shown

COMMIT = "state = 'committing', phase_at = now()"
CODE = "approval_mac = decode(repeat('00', 32), 'hex')"
COPIED = (
    "(approved_at, sealed_exception, approval_mac) ="
    " (select approved_at, sealed_exception, approval_mac from portfolio where id = %(other)s)"
)


def cases_of(portal: Portal, actor: Actor) -> int:
    """How many cases there are."""
    with portal.database.work(actor) as work:
        return len(list_cases(work, Wanted()).lines)


def events_of(administrator: psycopg.Connection, portfolio: PortfolioId) -> list[tuple[str, object]]:
    """Action and actor of all events that name it."""
    return administrator.execute(
        "select action, actor_id from audit_event where convert_from(leaf, 'UTF8') like %s order by id",
        (f"%{portfolio}%",),
    ).fetchall()


@pytest.mark.parametrize(
    "change",
    [
        COMMIT,
        f"{COMMIT}, approved_by = %(person)s, approved_at = now()",
        f"{COMMIT}, approved_by = %(person)s, approved_at = now(), {CODE}",
        f"{COMMIT}, approved_by = %(person)s, {COPIED}",
    ],
)
def test_what_nobody_approved_becomes_no_case_whatever_the_row_says(
    portal: Portal, administrator: psycopg.Connection, change: LiteralString
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    other = committed(portal, person.actor, a_file(1))
    made = checked(portal, person.actor, a_file(3))
    values = {"person": person.actor.person, "other": other.id, "id": made}
    rogue = Rogue(administrator)
    rogue.change("portfolio", change, values)
    commit_next(portal.database)
    assert cases_of(portal, person.actor) == 1
    assert rogue.refused("portfolio.approval", made) == 1


@pytest.mark.parametrize(
    "change",
    [
        "approved_by = %(other)s",
        "approved_by = null",
        "approved_at = approved_at + interval '1 day'",
        "sealed_exception = null",
        "business_id = business_id, approval_mac = null",
    ],
)
def test_an_approval_that_was_changed_afterwards_does_not_count(
    portal: Portal, administrator: psycopg.Connection, change: LiteralString
) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(3))
    Rogue(administrator).change("portfolio", change, {"other": other.actor.person, "id": made})
    with pytest.raises(NotApproved):
        open_order(portal.database, made)
    commit_next(portal.database)
    assert cases_of(portal, person.actor) == 0


def test_no_receipt_names_somebody_who_did_not_approve(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(3))
    order = open_order(portal.database, made)
    while commit_chunk(portal.database, order):
        pass
    administrator.execute("update portfolio set approved_by = %s where id = %s", (other.actor.person, made))
    with pytest.raises(NotApproved), entered(portal.database, made, order.actor) as work:
        finish(work, made, order.key)
    assert shown(portal, person.actor, made).receipt is None


def test_a_forged_approval_ends_in_nobodys_name(portal: Portal, administrator: psycopg.Connection) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = checked(portal, person.actor, a_file(3))
    before = len(events_of(administrator, made))
    values = {"person": person.actor.person, "id": made}
    Rogue(administrator).change("portfolio", f"{COMMIT}, approved_by = %(person)s", values)
    for _ in range(MOST_ATTEMPTS + 1):
        note_failure(portal.database, made)
    assert shown(portal, person.actor, made).state is State.FAILED
    later = events_of(administrator, made)[before:]
    assert {action for action, _ in later} == {"row.refused", "portfolio.cancelled"}
    assert {actor for _, actor in later} == {None}
