"""Money that came in: reported by either side, shared out at once, taken back exactly."""

from datetime import datetime
from enum import StrEnum

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.actions.holds import stop_contact
from handoff_portal.contacts.actions.promises import settle_promises
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CaseId, EntryId, PaymentId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.recoveries.model.events import (
    BalanceChanged,
    DirectPaymentReported,
    PaymentReported,
    PaymentReversed,
)
from handoff_portal.recoveries.model.payments import (
    Agreement,
    Payment,
    Report,
    Reporter,
    ReversalReason,
    mirror,
    open_minor,
    receive,
    require_reversible,
    said,
)
from handoff_portal.recoveries.store import payments

AGENCY_ACTS_WITHIN = 2
"""Working days for the agency to close a paid case, or to go on after a payment to the business."""


class Rest(StrEnum):
    """What the agency does about the rest after the customer paid the business a part."""

    WAIT = "wait"
    GO_ON = "go_on"


def report_payment(work: Work, wanted: CaseId, report: Report) -> Payment:
    """The agency says what came in; balance, promises and history of both sides follow at once.

    Returns:
        The payment as it counts; the first one when the same form was sent twice.

    Raises:
        Invalid: More than is open, a day that has not come, or one before the hand-over.
    """
    work.actor.require(Permission.PAYMENT_REPORT)
    case = cases.load_case(work, wanted, lock=True)
    case.require_holder(work.actor)
    case.require_state(CaseState.HELD)
    key = cases.open_key(work, case)
    known = _find(work, case, key, report.id)
    if known is not None:
        return known
    payment = receive(case, agreement_of(work, case), report, reporter_of(work))
    _add(work, case, key, payment, _reported(PaymentReported, case, payment))
    if open_minor(case.balance) == payment.amount:
        cases.pass_turn(work, case, Turn.AGENCY, _soon(work, case))
    return payment


def report_direct_payment(work: Work, wanted: CaseId, report: Report, rest: Rest) -> Payment:
    """The business says that the customer paid it: contact stops at once, the fee is still computed.

    The agency acts next: it closes the case, or goes on with the rest when the pause is over.
    When the rest has to wait for the business, it is the business's turn.

    Args:
        rest: When something stays open: whether contact may go on by itself after two working days.

    Raises:
        Invalid: As for `report_payment`.
    """
    work.actor.require(Permission.DIRECT_PAYMENT_REPORT)
    case = cases.load_case(work, wanted, lock=True)
    case.require_owner(work.actor)
    case.require_state(CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    key = cases.open_key(work, case)
    known = _find(work, case, key, report.id)
    if known is not None:
        return known
    payment = receive(case, agreement_of(work, case), report, reporter_of(work))
    rests = payment.amount < open_minor(case.balance)
    _stop_contact(work, case, key, payment, pause=rests and rest is Rest.GO_ON)
    _add(work, case, key, payment, _reported(DirectPaymentReported, case, payment))
    if case.state is not CaseState.HELD:
        cases.pass_turn(work, case, case.turn, case.turn_until)
    elif not rests or rest is Rest.GO_ON:
        cases.pass_turn(work, case, Turn.AGENCY, _soon(work, case))
    return payment


def reverse_payment(work: Work, wanted: CaseId, payment: PaymentId, reason: ReversalReason) -> Payment:
    """Take a payment back, figure by figure; the side that reported it does so, once.

    Raises:
        NotFound: There is no such payment, or it is another agency's.
        WrongState: It was reversed already.
        Forbidden: The other side reported it.
    """
    case = cases.load_case(work, wanted, lock=True)
    key = cases.open_key(work, case)
    found = load_reversible(work, case, key, payment)
    reversal = mirror(found, PaymentId(new_id()), reason, reporter_of(work))
    event = PaymentReversed(
        case=case.id,
        own=case.business,
        payment=found.id,
        reversal=reversal.id,
        amount=reversal.amount,
        reason=reason,
    )
    _post(work, case, key, reversal, event)
    if case.state is CaseState.HELD and open_minor(case.balance) == 0:
        cases.pass_turn(work, case, Turn.AGENCY, _soon(work, case))
    return reversal


def load_reversible(work: Work, case: Case, key: CaseKey, wanted: PaymentId) -> Payment:
    """A payment that this person can take back now; refuses as `reverse_payment` does."""
    work.actor.require(Permission.PAYMENT_REVERSE)
    case.require_party(work.actor)
    known = payments.list_all(work, case.id, key)
    found = next((one for one in known if one.id == wanted), None)
    if found is None:
        raise NotFound
    require_reversible(found, known, case, work.actor.org)
    return found


def list_payments(work: Work, case: Case, key: CaseKey) -> list[Payment]:
    """Payments and reversals, oldest first; an agency sees those of its own hand-offs."""
    work.actor.require(Permission.CASE_READ)
    return payments.list_all(work, case.id, key)


def agreement_of(work: Work, case: Case) -> Agreement:
    """What is agreed with the agency that holds the case; nothing when none does."""
    running = handoffs.find_running(work, case)
    if running is None:
        return Agreement()
    return Agreement(running.agency, running.commission_bp, running.allocation, running.accepted_at)


def reporter_of(work: Work) -> Reporter:
    """The person acting, on their own calendar."""
    return Reporter(work.actor.org, work.actor.person, work.now, work.actor.time_zone)


def _stop_contact(work: Work, case: Case, key: CaseKey, payment: Payment, *, pause: bool) -> None:
    """Let contact rest: until somebody lifts the hold, or for a pause that ends by itself."""
    paid = said(payment.amount, payment.currency)
    reason = f"The customer paid {paid} to the business on {payment.received_on}."
    until = _soon(work, case) if pause else None
    stop_contact(work, case, key, HoldKind.PAID_DIRECTLY, reason, until=until)


def _find(work: Work, case: Case, key: CaseKey, wanted: PaymentId) -> Payment | None:
    return next((one for one in payments.list_all(work, case.id, key) if one.id == wanted), None)


def _add(work: Work, case: Case, key: CaseKey, payment: Payment, event: PaymentReported) -> None:
    _post(work, case, key, payment, event)
    settle_promises(work, case, key, payment.received_on, payment.amount)


def _post(
    work: Work, case: Case, key: CaseKey, payment: Payment, event: PaymentReported | PaymentReversed
) -> None:
    payments.add(work, case, key, payment, event)
    entry = payment.entry(EntryId(new_id()))
    changed = BalanceChanged(
        case=case.id,
        own=case.business,
        entry=entry.id,
        kind=entry.kind,
        change=entry.change.total,
        open=(case.balance + entry.change).total,
    )
    cases.post_entry(work, case, entry, changed)


def _reported(kind: type[PaymentReported], case: Case, payment: Payment) -> PaymentReported:
    return kind(
        case=case.id,
        own=case.business,
        payment=payment.id,
        amount=payment.amount,
        currency=Code(payment.currency),
        commission=payment.commission,
        received_on=payment.received_on,
        received_by=payment.received_by,
        method=payment.method,
    )


def _soon(work: Work, case: Case) -> datetime:
    return working_days_later(work.now, AGENCY_ACTS_WITHIN, case.time_zone or work.actor.time_zone)
