from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from handoff_builders import (
    HeldCase,
    a_business,
    a_held_case,
    a_ready_case,
    an_agency,
    an_offer,
)
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.account import EntryKind
from handoff_portal.cases.model.case import Balance, CaseState, Turn
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, Refusal, WrongState
from handoff_portal.recoveries.actions.closing import read_recoveries, read_summary
from handoff_portal.recoveries.model.closing import CloseCode
from handoff_portal.web.portal import Portal
from people import a_colleague
from recovery_steps import (
    OPEN,
    actions_of,
    balance,
    close,
    look,
    pay,
    pay_business,
    undo,
)


@pytest.fixture
def held(portal: Portal) -> HeldCase:
    return a_held_case(portal)


def test_a_partly_paid_case_closes_with_the_rest_written_off(
    portal: Portal, postgres: EmbeddedPostgres, held: HeldCase
) -> None:
    pay(portal, held.agency.actor, held.case.id)
    close(portal, held.agency.actor, held.case.id, CloseCode.PARTIALLY_PAID, "They paid what they could.")
    with pytest.raises(NotFound):
        balance(portal, held.agency.actor, held.case.id)
    shown = look(portal, held.business.actor, held.case.id, read_recoveries)
    assert (shown.case.state, shown.case.holder, shown.case.turn) == (CaseState.CLOSED, None, Turn.NOBODY)
    assert (shown.closed_as, shown.relationship) == ("Paid in part", "Yes, they still trade")
    summary = shown.summary
    assert (summary.owed, summary.recovered, summary.written_off, summary.open) == (OPEN, 50_00, 75_00, 0)
    assert shown.case.balance == Balance()
    assert [line.open_after for line in shown.lines] == [OPEN, OPEN - 50_00, 0]
    assert shown.lines[-1].entry.kind is EntryKind.WRITE_OFF
    assert shown.case.closed_at is not None
    assert actions_of(postgres, held.case.id)[-4:] == [
        "note.sent",
        "balance.changed",
        "case.closed",
        "grant.ended",
    ]


@pytest.mark.parametrize("side", list(OrgKind)[:2])
def test_either_side_closes_a_paid_case(portal: Portal, held: HeldCase, side: OrgKind) -> None:
    pay(portal, held.agency.actor, held.case.id, OPEN)
    actor = {OrgKind.BUSINESS: held.business.actor, OrgKind.AGENCY: held.agency.actor}[side]
    close(portal, actor, held.case.id, CloseCode.PAID)
    found = look(portal, held.business.actor, held.case.id, lambda _w, case, _k: case)
    assert (found.state, found.close_code, found.balance.total) == (CaseState.CLOSED, "paid", 0)


def test_a_case_that_is_not_paid_cannot_close_as_paid(portal: Portal, held: HeldCase) -> None:
    pay(portal, held.agency.actor, held.case.id, OPEN - 1)
    with pytest.raises(Invalid, match=r"SGD 0.01 is still open"):
        close(portal, held.agency.actor, held.case.id, CloseCode.PAID)
    assert balance(portal, held.agency.actor, held.case.id).total == 1


def test_nothing_moves_after_the_close(portal: Portal, held: HeldCase) -> None:
    paid = pay(portal, held.agency.actor, held.case.id)
    close(portal, held.business.actor, held.case.id, CloseCode.WITHDRAWN)
    business = held.business.actor
    attempts: list[Callable[[], object]] = [
        lambda: close(portal, business, held.case.id, CloseCode.WITHDRAWN),
        lambda: pay_business(portal, business, held.case.id),
        lambda: undo(portal, business, paid),
    ]
    for attempt in attempts:
        with pytest.raises(WrongState):
            attempt()
    with pytest.raises(NotFound):
        pay(portal, held.agency.actor, held.case.id)


def test_an_offered_case_closes_only_after_its_offers_are_withdrawn(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    an_offer(portal, business, agency, case)
    with pytest.raises(WrongState, match="Withdraw the offers first"):
        close(portal, business.actor, case.id, CloseCode.NO_AGENCY)


def test_a_collector_cannot_close(portal: Portal, held: HeldCase) -> None:
    with pytest.raises(Forbidden):
        close(
            portal,
            a_colleague(portal, held.agency, Role.COLLECTOR).actor,
            held.case.id,
            CloseCode.UNECONOMICAL,
        )


def test_close_and_payment_at_the_same_time_leave_a_true_account(portal: Portal) -> None:
    for _ in range(4):
        held = a_held_case(portal)

        def attempt(act: Callable[[], object]) -> bool:
            try:
                act()
            except Refusal:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            outcome = list(
                pool.map(
                    attempt,
                    [
                        lambda held=held: pay(portal, held.agency.actor, held.case.id),
                        lambda held=held: close(
                            portal, held.business.actor, held.case.id, CloseCode.WITHDRAWN
                        ),
                    ],
                )
            )
        summary = look(portal, held.business.actor, held.case.id, read_summary)
        assert outcome[1]
        assert (summary.recovered, summary.open) == (50_00 if outcome[0] else 0, 0)
        assert summary.owed == summary.recovered + summary.written_off
