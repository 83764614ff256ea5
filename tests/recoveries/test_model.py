from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.cases.model.account import USUAL_ORDER, Bucket, EntryKind
from handoff_portal.cases.model.case import Balance, CaseState
from handoff_portal.core.ids import OrgId
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.recoveries.model.payments import (
    Agreement,
    Payment,
    ReceivedBy,
    Report,
    receive,
    require_reversible,
)
from handoff_portal.recoveries.model.summary import lines_of, summarise
from recovery_values import (
    AGENCY,
    AGREED,
    BUSINESS,
    a_case,
    a_payment,
    a_report,
    by,
    claim,
    entry,
    undo,
)


def test_a_payment_fills_costs_then_interest_then_fees_then_principal() -> None:
    assert a_payment(300_00).parts == Balance(100_00, 50_00, 20_00, 130_00)


def test_the_agreement_may_name_another_order() -> None:
    principal_first = replace(AGREED, order=tuple(reversed(USUAL_ORDER)))
    paid = receive(a_case(), principal_first, a_report(1_010_00), by())
    assert paid.parts == Balance(principal=1_000_00, fees=10_00)


@pytest.mark.parametrize(
    ("amount", "bp", "commission"),
    [
        (10, 1500, 2),
        (30, 1500, 4),
        (50, 1500, 8),
        (100, 1250, 12),
        (300, 1250, 38),
        (1, 4999, 0),
        (1, 10_000, 1),
    ],
)
def test_the_commission_is_rounded_half_to_even(amount: int, bp: int, commission: int) -> None:
    paid = receive(a_case(), replace(AGREED, commission_bp=bp), a_report(amount), by())
    assert (paid.commission, paid.for_business) == (commission, amount - commission)


def test_money_that_the_business_received_still_earns_the_fee() -> None:
    paid = a_payment(300_00, BUSINESS)
    assert (paid.kind, paid.commission, paid.for_business) == (EntryKind.DIRECT_PAYMENT, 45_00, 255_00)


def test_money_that_arrived_before_the_hand_over_carries_no_fee() -> None:
    early = a_report(day=date(2026, 3, 5), to=ReceivedBy.BUSINESS)
    assert receive(a_case(), AGREED, early, by(BUSINESS)).commission == 0
    on_the_day = replace(early, received_on=date(2026, 3, 6))
    assert receive(a_case(), AGREED, on_the_day, by(BUSINESS)).commission == 45_00


def test_without_an_agency_there_is_no_fee() -> None:
    paid = receive(a_case(state=CaseState.READY), Agreement(), a_report(to=ReceivedBy.BUSINESS), by(BUSINESS))
    assert (paid.agency, paid.commission, paid.for_business) == (None, 0, 300_00)


@pytest.mark.parametrize(
    ("report", "org", "field", "says"),
    [
        (a_report(0), AGENCY, "paid_amount", "above zero"),
        (a_report(1_170_01), AGENCY, "paid_amount", r"Only SGD 1,170.00 is open.*other SGD 0.01 belongs to"),
        (a_report(day=date(2026, 3, 17)), AGENCY, "paid_on", "has not come yet"),
        (a_report(day=date(2026, 3, 5)), AGENCY, "paid_on", "before the case was handed to you"),
        (a_report(day=date(1926, 3, 5), to=ReceivedBy.BUSINESS), BUSINESS, "paid_on", "Check the year"),
        (a_report(), BUSINESS, "paid_to", "the agency reports"),
    ],
)
def test_a_report_that_cannot_be_true_is_refused_with_the_mend(
    report: Report, org: OrgId, field: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        receive(a_case(), AGREED, report, by(org))
    assert set(refused.value.errors) == {field}


def test_today_is_the_day_of_whoever_reports() -> None:
    report = a_report(day=date(2026, 3, 16))
    assert receive(a_case(), AGREED, report, by(zone="Asia/Singapore")).received_on == date(2026, 3, 16)
    with pytest.raises(Invalid, match="has not come yet"):
        receive(a_case(), AGREED, report, by(zone="America/Los_Angeles"))


def test_when_nothing_is_open_the_customer_gets_the_money_back() -> None:
    with pytest.raises(Invalid, match="send it back"):
        receive(a_case(Balance()), AGREED, a_report(1), by())


def test_a_reversal_mirrors_every_figure() -> None:
    paid = a_payment(333_33)
    back = undo(paid)
    assert (back.amount, back.parts, back.commission) == (-paid.amount, -paid.parts, -paid.commission)
    assert (back.reverses, back.kind, back.received_on) == (paid.id, EntryKind.REVERSAL, date(2026, 3, 16))


def test_a_payment_is_taken_back_once_and_by_the_side_that_reported_it() -> None:
    case, mine, theirs = a_case(), a_payment(), a_payment(org=BUSINESS)
    require_reversible(mine, [mine], case, AGENCY)
    require_reversible(theirs, [theirs], case, BUSINESS)
    with pytest.raises(WrongState, match="reversed already"):
        require_reversible(mine, [mine, undo(mine)], case, AGENCY)
    with pytest.raises(WrongState, match="itself a reversal"):
        require_reversible(undo(mine), [mine], case, AGENCY)
    with pytest.raises(Forbidden, match="The business reported"):
        require_reversible(theirs, [theirs], case, AGENCY)
    with pytest.raises(Forbidden, match="The agency reported"):
        require_reversible(mine, [mine], case, BUSINESS)
    with pytest.raises(WrongState, match="closed"):
        require_reversible(mine, [mine], replace(case, state=CaseState.CLOSED), BUSINESS)


def test_what_an_earlier_agency_reported_the_business_corrects() -> None:
    require_reversible(a_payment(), [], a_case(state=CaseState.READY), BUSINESS)


amounts = st.integers(0, 200_000)
balances = st.builds(Balance, amounts, amounts, amounts, amounts)
orders = st.permutations(list(Bucket)).map(tuple)
steps = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 10_000), st.integers(0, 50)), max_size=30)


@given(start=balances, order=orders, bp=st.integers(0, 5000), steps=steps)
def test_whatever_happens_the_account_adds_up_and_can_be_undone(
    start: Balance, order: tuple[Bucket, ...], bp: int, steps: list[tuple[int, int, int]]
) -> None:
    agreed = replace(AGREED, order=order, commission_bp=bp)
    case, entries, payments = a_case(start), [claim(start)], list[Payment]()

    def post(payment: Payment) -> None:
        nonlocal case
        line = entry(payment)
        case = replace(case, balance=case.balance + line.change)
        payments.append(payment)
        entries.append(line)
        assert case.balance == sum((one.change for one in entries), Balance())
        assert min(getattr(case.balance, bucket.value) for bucket in Bucket) >= 0
        assert payment.amount == payment.commission + payment.for_business == payment.parts.total
        summary = summarise("SGD", entries, payments)
        assert summary.open == case.balance.total == lines_of(entries)[-1].open_after
        assert summary.owed == start.total
        assert summary.recovered == summary.with_agency + summary.with_business
        assert summary.recovered == summary.commission + summary.for_business
        assert summary.owed == summary.recovered + summary.open

    def standing() -> list[Payment]:
        gone = {one.reverses for one in payments}
        return [one for one in payments if one.reverses is None and one.id not in gone]

    for what, permyriad, which in steps:
        amount = case.balance.total * permyriad // 10_000
        if what == 3 and standing():
            post(undo(standing()[which % len(standing())]))
        elif amount and what < 3:
            org, to = (
                (BUSINESS, ReceivedBy.BUSINESS)
                if what == 2
                else (AGENCY, (ReceivedBy.AGENCY, ReceivedBy.BUSINESS)[what])
            )
            post(receive(case, agreed, a_report(amount, to=to), by(org)))
    for number, payment in enumerate(standing()):
        post(undo(payment))
        assert number >= 0
    assert case.balance == start
    assert sum(one.commission for one in payments) == 0
    assert summarise("SGD", entries, payments).recovered == 0


@given(
    start=balances.filter(lambda b: b.total > 10),
    cuts=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    data=st.data(),
)
def test_reversals_may_come_in_any_order(start: Balance, cuts: list[int], data: st.DataObject) -> None:
    case, paid = a_case(start), list[Payment]()
    for cut in cuts:
        amount = max(case.balance.total * cut // 10, 1) if case.balance.total else 0
        if amount:
            paid.append(receive(case, AGREED, a_report(amount), by()))
            case = replace(case, balance=case.balance + entry(paid[-1]).change)
    taken = data.draw(st.permutations(paid))[: len(paid) // 2 + 1]
    for payment in taken:
        case = replace(case, balance=case.balance + entry(undo(payment)).change)
    kept = [one for one in paid if one not in taken]
    assert case.balance == start + -sum((one.parts for one in kept), Balance())
