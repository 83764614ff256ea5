from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.cases.model.account import USUAL_ORDER, Bucket, Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case, CaseState, Turn
from handoff_portal.core.ids import CaseId, EntryId, OrgId, PaymentId, PersonId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.recoveries.model.closing import (
    RULES,
    CloseCode,
    Closing,
    Relationship,
    hindered,
    offered_codes,
)
from handoff_portal.recoveries.model.payments import (
    Agreement,
    Method,
    Payment,
    ReceivedBy,
    Report,
    Reporter,
    ReversalReason,
    mirror,
    receive,
    require_reversible,
)
from handoff_portal.recoveries.model.summary import Summary, lines_of, summarise

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
BUSINESS, AGENCY, PERSON = OrgId(uuid4()), OrgId(uuid4()), PersonId(uuid4())
OPEN = Balance(costs=100_00, interest=50_00, fees=20_00, principal=1_000_00)
AGREED = Agreement(AGENCY, 1500, USUAL_ORDER, NOW - timedelta(days=10))
B, G = OrgKind.BUSINESS, OrgKind.AGENCY


def a_case(balance: Balance = OPEN, state: CaseState = CaseState.HELD) -> Case:
    return Case(
        id=CaseId(uuid4()),
        business=BUSINESS,
        reference="HP-AAAAA-AAAAA",
        state=state,
        holder=AGENCY if state is CaseState.HELD else None,
        turn=Turn.AGENCY,
        turn_until=None,
        debtor_type=None,
        claim_type=None,
        country="SG",
        region="",
        currency="SGD",
        time_zone="Asia/Singapore",
        oldest_due_on=date(2025, 11, 30),
        balance=balance,
        key_version=1,
        created_at=NOW,
        updated_at=NOW,
        submitted_at=NOW - timedelta(days=20),
        closed_at=None,
        close_code=None,
    )


def by(org: OrgId = AGENCY, zone: str = "Asia/Singapore") -> Reporter:
    return Reporter(org, PERSON, NOW, zone)


def a_report(
    amount: int = 300_00, day: date = date(2026, 3, 14), to: ReceivedBy = ReceivedBy.AGENCY
) -> Report:
    return Report(PaymentId(uuid4()), amount, day, Method.BANK_TRANSFER, to, "FT-8812")


def a_payment(amount: int = 300_00, org: OrgId = AGENCY) -> Payment:
    to = ReceivedBy.AGENCY if org == AGENCY else ReceivedBy.BUSINESS
    return receive(a_case(), AGREED, a_report(amount, to=to), by(org))


def undo(payment: Payment) -> Payment:
    return mirror(payment, PaymentId(uuid4()), ReversalReason.BOUNCED, by())


def entry(payment: Payment) -> Entry:
    return payment.entry(EntryId(uuid4()))


def claim(balance: Balance) -> Entry:
    return Entry(EntryId(uuid4()), EntryKind.CLAIM, balance, date(2026, 2, 1), NOW)


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
        (a_report(1_170_01), AGENCY, "paid_amount", r"Only SGD 1170.00 is open.*other SGD 0.01 belongs to"),
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


def a_summary(recovered: int = 0, open_: int = 1_170_00) -> Summary:
    case = a_case(Balance(principal=recovered + open_))
    entries, payments = [claim(case.balance)], list[Payment]()
    if recovered:
        payments = [receive(case, AGREED, a_report(recovered), by())]
        entries.append(entry(payments[0]))
    return summarise("SGD", entries, payments)


FIGURES = {
    "nothing paid": a_summary(),
    "part paid": a_summary(100_00, 70_00),
    "all paid": a_summary(100_00, 0),
}
PART = {"nothing paid", "part paid"}
FITS: dict[CloseCode, tuple[str, set[str]]] = {
    CloseCode.PAID: ("both", {"all paid"}),
    CloseCode.PARTIALLY_PAID: ("both", {"part paid"}),
    CloseCode.NO_PAYMENT: ("agency", {"nothing paid"}),
    CloseCode.NEVER_STARTED: ("both", {"nothing paid"}),
    CloseCode.INVALID_DATA: ("both", {"nothing paid"}),
    CloseCode.INSOLVENT: ("both", PART),
    CloseCode.DECEASED: ("both", PART),
    CloseCode.UNTRACEABLE: ("agency", PART),
    CloseCode.TIME_BARRED: ("both", PART),
    CloseCode.UNECONOMICAL: ("both", PART),
    CloseCode.DISPUTED: ("business", PART),
    CloseCode.SETTLEMENT_REFUSED: ("agency", PART),
    CloseCode.UNRESPONSIVE_BUSINESS: ("agency", PART),
    CloseCode.WITHDRAWN: ("business", PART),
    CloseCode.NO_AGENCY: ("nobody holds it", PART),
    CloseCode.OTHER: ("both", PART),
}


def test_the_table_of_closing_codes_is_whole() -> None:
    assert set(FITS) == set(RULES) == set(CloseCode)


@pytest.mark.parametrize("code", CloseCode)
@pytest.mark.parametrize("figures", FIGURES)
@pytest.mark.parametrize("side", [B, G])
def test_a_code_fits_its_side_and_its_figures(code: CloseCode, figures: str, side: OrgKind) -> None:
    who, which = FITS[code]
    expected = who in {"both", side.value} and figures in which
    assert (hindered(code, FIGURES[figures], side, held=True) == "") is expected


def test_that_no_agency_took_it_can_be_said_only_while_none_holds_it() -> None:
    assert CloseCode.NO_AGENCY in offered_codes(B, held=False)
    assert CloseCode.NO_AGENCY not in offered_codes(B, held=True)
    assert hindered(CloseCode.NO_AGENCY, FIGURES["nothing paid"], B, held=False) == ""


def test_another_reason_needs_words() -> None:
    closing = Closing(CloseCode.OTHER, Relationship.OPEN)
    assert "close_words" in closing.mistakes(FIGURES["part paid"], G, held=True)
    assert replace(closing, words="Moved abroad.").mistakes(FIGURES["part paid"], G, held=True) == {}


def test_paid_in_full_says_what_is_still_open() -> None:
    assert "SGD 70.00 is still open" in hindered(CloseCode.PAID, FIGURES["part paid"], G, held=True)
