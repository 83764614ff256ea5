"""What the worker's door to cases lets through, and what the log's door for many events refuses."""

import json
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.work import ChangeWithoutEvent
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, OrgId, PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound
from handoff_portal.portfolios.actions.acting import entered
from handoff_portal.portfolios.actions.committing import open_order
from handoff_portal.portfolios.actions.deciding import approve, cancel
from handoff_portal.portfolios.actions.showing import load_portfolio, show_figures
from handoff_portal.portfolios.model.events import CaseImported
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import REASON, a_file, approved, checked, committed

ADD_CASE = (
    "insert into cases"
    " (id, business_id, reference, state, turn, created_by, portfolio_id, created_at, updated_at) values"
    " (%(id)s, %(own)s, %(id)s, %(state)s, 'business', %(person)s, %(portfolio)s, now(), now())"
)


def add_case(work: Work, portfolio: PortfolioId, own: object, person: object, state: str = "ready") -> None:
    values = {"id": uuid4(), "own": own, "person": person, "state": state, "portfolio": portfolio}
    work.change_many(ADD_CASE, values)


def imported(own: OrgId, case: CaseId | None = None, claims: int = 1) -> CaseImported:
    return CaseImported(
        case=case or CaseId(uuid4()),
        own=own,
        portfolio=PortfolioId(uuid4()),
        ordinal=1,
        currency=Code("SGD"),
        total=1,
        claims=claims,
        messages=0,
        policy=0,
    )


def test_the_worker_adds_cases_for_the_business_of_a_running_portfolio_alone(portal: Portal) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(2))
    order = open_order(portal.database, made)
    wrong = [
        (other.actor.org, person.actor.person, "ready"),
        (person.actor.org, other.actor.person, "ready"),
        (person.actor.org, person.actor.person, "draft"),
        (person.actor.org, person.actor.person, "held"),
    ]
    for own, who, state in wrong:
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            entered(portal.database, made, order.actor) as work,
        ):
            add_case(work, made, own, who, state)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), portal.database.worker(order.actor) as work:
        add_case(work, made, person.actor.org, person.actor.person)
    with portal.database.work(person.actor) as work:
        cancel(work, made)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        entered(portal.database, made, order.actor) as work,
    ):
        add_case(work, made, person.actor.org, person.actor.person)


def test_the_worker_can_read_nothing_sealed_of_a_case(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(2))
    order = open_order(portal.database, made)
    for query in (
        "select sealed_identity from cases",
        "select wrapped from case_grant",
        "select 1 from claim",
    ):
        with (
            pytest.raises(Exception, match="permission denied"),
            entered(portal.database, made, order.actor) as work,
        ):
            work.read(text(query))


def test_known_accounts_are_those_of_the_business_of_the_portfolio(portal: Portal) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    committed(portal, other.actor, a_file(3))
    mine = checked(portal, person.actor, a_file(3))
    with portal.database.work(person.actor) as work:
        figures = show_figures(work, mine)
        assert figures is not None
        assert figures.standings == {"new": 3}


def test_a_portfolio_is_there_for_its_business_alone(portal: Portal) -> None:
    person, other, agency = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS, OrgKind.AGENCY])
    made = checked(portal, person.actor, a_file(2))
    for stranger in (other, agency):
        with portal.database.work(stranger.actor) as work, pytest.raises(NotFound):
            load_portfolio(work, made)
    with portal.database.work(other.actor) as work, pytest.raises(NotFound):
        approve(work, made, REASON)


def test_many_changes_without_their_events_are_undone(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(2))
    order = open_order(portal.database, made)
    with pytest.raises(ChangeWithoutEvent), entered(portal.database, made, order.actor) as work:
        add_case(work, made, person.actor.org, person.actor.person)


def test_many_events_belong_to_as_many_cases_of_one_business(portal: Portal) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    own, case = person.actor.org, CaseId(uuid4())
    for events in ([imported(own, case), imported(own, case)], [imported(other.actor.org)]):
        with portal.database.worker(person.actor) as work, pytest.raises(ValueError, match="one business"):
            work.record_all(events, own)
    with portal.database.worker(person.actor) as work:
        work.record_all([imported(own, case)], own)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        portal.database.worker(other.actor) as work,
    ):
        work.record_all([imported(other.actor.org, case)], other.actor.org)


def test_many_events_at_once_are_in_the_log_as_each_by_itself_would_be(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    own, cases = person.actor.org, [CaseId(uuid4()) for _ in range(3)]
    with portal.database.worker(person.actor) as work:
        for case in cases:
            work.record(imported(own, case))
        work.record_all([imported(own, case) for case in cases], own)
    rows = administrator.execute(
        "select case_id, case_seq from audit_event where case_id = any(%s) order by case_seq, id",
        (cases,),
    ).fetchall()
    assert [row[1] for row in rows] == [1, 1, 1, 2, 2, 2]
    assert {row[0] for row in rows[3:]} == set(cases)


def test_several_events_of_a_case_keep_their_order_when_many_are_written_at_once(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    own, one, two = person.actor.org, CaseId(uuid4()), CaseId(uuid4())
    events = [imported(own, case, number) for number, case in enumerate([one, one, two, one])]
    with portal.database.worker(person.actor) as work:
        work.record_each(events, own)
    for case, numbers in ((one, [0, 1, 3]), (two, [2])):
        rows = administrator.execute(
            "select case_seq, convert_from(leaf, 'utf8') from audit_event where case_id = %s order by 1",
            (case,),
        ).fetchall()
        assert [row[0] for row in rows] == list(range(1, len(numbers) + 1))
        assert [json.loads(row[1])["d"]["claims"] for row in rows] == numbers
    with portal.database.worker(person.actor) as work, pytest.raises(ValueError, match="one business"):
        work.record_each([*events, imported(OrgId(uuid4()), one)], own)
