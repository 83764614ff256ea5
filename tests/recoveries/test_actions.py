from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from handoff_builders import (
    COMMISSION_BP,
    HeldCase,
    a_business,
    a_held_case,
    a_ready_case,
    an_agency,
    an_offer,
)
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import EntryKind
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.contacts.actions.holds import may_contact_now, open_holds
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import RecallReason
from handoff_portal.recoveries.actions.closing import read_recoveries, read_summary
from handoff_portal.recoveries.actions.payments import (
    Rest,
    list_payments,
)
from handoff_portal.recoveries.model.closing import CloseCode
from handoff_portal.web.portal import Portal
from people import a_colleague
from recovery_steps import (
    OPEN,
    a_report,
    actions_of,
    balance,
    close,
    local_today,
    look,
    pay,
    pay_business,
    report,
    undo,
)


@pytest.fixture
def held(portal: Portal) -> HeldCase:
    return a_held_case(portal)


def test_both_sides_see_the_same_balance_at_once(portal: Portal, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    assert (paid.commission_bp, paid.commission, paid.for_business) == (COMMISSION_BP, 7_50, 42_50)
    for side in (held.business.actor, held.agency.actor):
        assert balance(portal, side, held.case.id).total == OPEN - 50_00
        assert look(portal, side, held.case.id, list_payments) == [paid]
        summary = look(portal, side, held.case.id, read_summary)
        assert (summary.owed, summary.recovered, summary.open) == (OPEN, 50_00, 75_00)
        assert (summary.commission, summary.for_business, summary.to_business) == (7_50, 42_50, 42_50)


def test_a_payment_leaves_its_events_and_its_line_in_the_account(
    portal: Portal, postgres: EmbeddedPostgres, held: HeldCase
) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    entries = look(portal, held.business.actor, held.case.id, lambda w, c, _: cases.list_entries(w, c))
    assert [(one.kind, one.source) for one in entries] == [
        (EntryKind.CLAIM, None),
        (EntryKind.PAYMENT, paid.id),
    ]
    assert actions_of(postgres, held.case.id)[-2:] == ["payment.reported", "balance.changed"]


def test_the_reference_of_a_payment_is_sealed(
    portal: Portal, postgres: EmbeddedPostgres, held: HeldCase
) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    assert paid.reference == "Cheque 4471"
    engine = create_engine(postgres.url("postgres", "portal"))
    with engine.connect() as connection:
        row = connection.execute(text("select * from payment where id = :id"), {"id": paid.id}).one()
    engine.dispose()
    assert b"4471" not in repr(tuple(row)).encode()


def test_a_form_sent_twice_counts_once(portal: Portal, held: HeldCase) -> None:
    same = a_report(portal)
    for _ in range(2):
        report(portal, held.agency.actor, held.case.id, same)
    assert balance(portal, held.agency.actor, held.case.id).total == OPEN - 50_00


def test_two_payments_at_the_same_time_cannot_take_more_than_is_open(portal: Portal, held: HeldCase) -> None:
    def attempt(_: int) -> bool:
        try:
            pay(portal, held.agency.actor, held.case.id, 40_00)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 3
    assert balance(portal, held.agency.actor, held.case.id).total == 5_00


def test_when_everything_is_paid_the_agency_closes_next(portal: Portal, held: HeldCase) -> None:
    pay(portal, held.agency.actor, held.case.id, OPEN)
    turn = look(portal, held.business.actor, held.case.id, lambda _w, case, _k: (case.turn, case.turn_until))
    assert turn[0] is Turn.AGENCY
    assert turn[1] is not None


def test_the_customer_paid_us_stops_contact_in_the_same_transaction(
    portal: Portal, postgres: EmbeddedPostgres, held: HeldCase
) -> None:
    assert look(portal, held.agency.actor, held.case.id, may_contact_now).allowed
    paid = pay_business(portal, held.business.actor, held.case.id, OPEN)
    assert paid.commission == 18_75
    assert (paid.kind, paid.agency) == (EntryKind.DIRECT_PAYMENT, held.agency.actor.org)
    assert not look(portal, held.agency.actor, held.case.id, may_contact_now).allowed
    (hold,) = look(portal, held.agency.actor, held.case.id, open_holds)
    assert (hold.kind, hold.until) == (HoldKind.PAID_DIRECTLY, None)
    assert look(portal, held.agency.actor, held.case.id, lambda _w, case, _k: case.turn) is Turn.AGENCY
    assert look(portal, held.agency.actor, held.case.id, read_summary).to_business == -18_75
    assert actions_of(postgres, held.case.id)[-3:] == [
        "hold.placed",
        "direct_payment.reported",
        "balance.changed",
    ]


def test_a_refused_direct_payment_stops_nothing(portal: Portal, held: HeldCase) -> None:
    with pytest.raises(Invalid):
        pay_business(portal, held.business.actor, held.case.id, OPEN + 1)
    assert look(portal, held.agency.actor, held.case.id, open_holds) == []


@pytest.mark.parametrize(("rest", "turn"), [(Rest.GO_ON, Turn.AGENCY), (Rest.WAIT, Turn.BUSINESS)])
def test_after_a_part_payment_the_business_says_when_contact_goes_on(
    portal: Portal, held: HeldCase, rest: Rest, turn: Turn
) -> None:
    pay_business(portal, held.business.actor, held.case.id, rest=rest)
    found = look(portal, held.agency.actor, held.case.id, may_contact_now)
    assert not found.allowed
    assert (found.next_at is not None) is (rest is Rest.GO_ON)
    case = look(portal, held.business.actor, held.case.id, lambda _w, case, _k: case)
    assert case.turn is turn
    assert case.turn_until is not None


def test_money_from_before_the_hand_over_counts_without_a_fee(portal: Portal, held: HeldCase) -> None:
    paid = pay_business(portal, held.business.actor, held.case.id, days_ago=3)
    assert (paid.commission, paid.commission_bp) == (0, 0)
    early = replace(a_report(portal), received_on=local_today(portal) - timedelta(days=3))
    with pytest.raises(Invalid, match="before the case was handed to you"):
        report(portal, held.agency.actor, held.case.id, early)


def test_a_direct_payment_needs_no_agency(portal: Portal) -> None:
    business = a_business(portal)
    case = a_ready_case(portal, business)
    paid = pay_business(portal, business.actor, case.id, OPEN)
    assert (paid.agency, paid.commission) == (None, 0)
    assert look(portal, business.actor, case.id, lambda _w, found, _k: found.turn) is case.turn
    close(portal, business.actor, case.id, CloseCode.PAID)
    assert look(portal, business.actor, case.id, lambda _w, found, _k: found.state) is CaseState.CLOSED


def test_a_reversal_restores_the_balance_exactly_and_only_once(portal: Portal, held: HeldCase) -> None:
    first, second = (pay(portal, held.agency.actor, held.case.id, amount) for amount in (33_33, 21_07))
    undo(portal, held.agency.actor, first)
    assert balance(portal, held.business.actor, held.case.id).total == OPEN - 21_07
    with pytest.raises(WrongState, match="reversed already"):
        undo(portal, held.agency.actor, first)
    undo(portal, held.agency.actor, second)
    assert balance(portal, held.business.actor, held.case.id) == held.case.balance
    summary = look(portal, held.business.actor, held.case.id, read_summary)
    assert (summary.recovered, summary.commission, summary.for_business) == (0, 0, 0)


def test_of_many_reversals_at_the_same_time_one_wins(portal: Portal, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)

    def attempt(_: int) -> bool:
        try:
            undo(portal, held.agency.actor, paid)
        except WrongState:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert balance(portal, held.business.actor, held.case.id) == held.case.balance


def test_the_database_itself_refuses_a_second_reversal(
    portal: Portal, postgres: EmbeddedPostgres, held: HeldCase
) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    back = undo(portal, held.agency.actor, paid)
    engine = create_engine(postgres.url("postgres", "portal"))
    copied = text(
        "insert into payment select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*"
        " from payment p where id = :id"
    )
    with pytest.raises(DBAPIError, match="payment_reverses_key"), engine.begin() as connection:
        connection.execute(copied, {"id": back.id})
    engine.dispose()


def test_a_collector_cannot_reverse_and_a_supervisor_can(portal: Portal, held: HeldCase) -> None:
    collector = a_colleague(portal, held.agency, Role.COLLECTOR).actor
    paid = pay(portal, collector, held.case.id)
    assert look(portal, collector, held.case.id, read_recoveries).reversible == frozenset()
    with pytest.raises(Forbidden):
        undo(portal, collector, paid)
    supervisor = a_colleague(portal, held.agency, Role.SUPERVISOR).actor
    assert look(portal, supervisor, held.case.id, read_recoveries).reversible == {paid.id}
    undo(portal, supervisor, paid)


def test_each_side_reverses_what_it_reported_itself(portal: Portal, held: HeldCase) -> None:
    paid = pay_business(portal, held.business.actor, held.case.id)
    with pytest.raises(Forbidden, match="The business reported"):
        undo(portal, held.agency.actor, paid)
    with pytest.raises(Forbidden):
        undo(portal, a_colleague(portal, held.business, Role.BUSINESS_MEMBER).actor, paid)
    undo(portal, held.business.actor, paid)
    assert balance(portal, held.agency.actor, held.case.id) == held.case.balance


def test_another_agency_and_another_business_find_nothing(portal: Portal, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    attempts: list[Callable[[Actor], object]] = [
        lambda actor: pay(portal, actor, held.case.id),
        lambda actor: undo(portal, actor, paid),
        lambda actor: close(portal, actor, held.case.id, CloseCode.UNECONOMICAL),
        lambda actor: look(portal, actor, held.case.id, list_payments),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt(an_agency(portal, licensed=False).actor)
    with pytest.raises(NotFound):
        pay_business(portal, a_business(portal).actor, held.case.id)


@pytest.mark.parametrize(
    ("who", "act"),
    [
        ("business", pay),
        ("agency", pay_business),
    ],
)
def test_nobody_reports_for_the_other_side(
    portal: Portal, held: HeldCase, who: str, act: Callable[[Portal, Actor, CaseId], object]
) -> None:
    with pytest.raises(Forbidden):
        act(portal, {"business": held.business.actor, "agency": held.agency.actor}[who], held.case.id)


def test_the_next_agency_sees_the_balance_but_not_what_the_first_one_earned(
    portal: Portal, held: HeldCase
) -> None:
    first = pay(portal, held.agency.actor, held.case.id)
    with portal.database.work(held.business.actor) as work:
        handoffs.recall_case(work, held.case.id, RecallReason.CHANGE_OF_AGENCY)
    second = an_agency(portal)
    offer = an_offer(portal, held.business, second, held.case)
    with portal.database.work(second.actor) as work:
        handoffs.accept(work, offer.id)
    own = pay(portal, second.actor, held.case.id, 10_00)
    assert look(portal, second.actor, held.case.id, list_payments) == [own]
    summary = look(portal, second.actor, held.case.id, read_summary)
    assert (summary.open, summary.recovered, summary.elsewhere) == (OPEN - 60_00, 60_00, 50_00)
    assert look(portal, held.business.actor, held.case.id, list_payments) == [first, own]
    undo(portal, held.business.actor, first)
    assert balance(portal, second.actor, held.case.id).total == OPEN - 10_00
