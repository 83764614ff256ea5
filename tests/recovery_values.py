"""Pure values of recoveries: a case of SGD 1,170.00 handed over ten days ago for 15 %."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from handoff_portal.cases.model.account import USUAL_ORDER, Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case, CaseState, Turn
from handoff_portal.core.ids import CaseId, EntryId, OrgId, PaymentId, PersonId
from handoff_portal.core.permissions import OrgKind
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
)

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
