"""What the templates of recoveries need, and how their forms are read."""

from typing import Any
from uuid import UUID

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId, PaymentId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.recoveries.actions.closing import read_recoveries
from handoff_portal.recoveries.actions.payments import Rest
from handoff_portal.recoveries.model.overview import Recoveries
from handoff_portal.recoveries.model.payments import (
    METHOD_WORDS,
    REVERSAL_WORDS,
    Method,
    ReceivedBy,
    Report,
)
from handoff_portal.web.formats import money
from handoff_portal.web.portal import PortalRequest

_LONGEST_REFERENCE = 140
RECEIVERS = [
    (ReceivedBy.AGENCY.value, "Us", "You pass the business its share on."),
    (ReceivedBy.BUSINESS.value, "The business", "The business owes you the commission."),
]
RESTS = [
    (
        Rest.WAIT.value,
        "Leave the customer in peace until we say so",
        "Contact rests until you lift the hold.",
    ),
    (Rest.GO_ON.value, "The agency goes on with the rest", "Contact rests for two working days."),
]


def recovery_parts(request: PortalRequest, work: Work, case: Case, key: CaseKey) -> dict[str, Any]:
    """Everything that the fragments in templates/recoveries use; gives the forms their first values."""
    found = read_recoveries(work, case, key)
    request.sent.fill(
        {
            "paid_id": f"{found.next_payment}",
            "paid_on": f"{found.today}",
            "paid_to": ReceivedBy.AGENCY.value,
            "paid_rest": Rest.WAIT.value,
        }
    )
    return {
        "case": case,
        "recoveries": found,
        "methods": [(method.value, words) for method, words in METHOD_WORDS.items()],
        "method_words": {method.value: words for method, words in METHOD_WORDS.items()},
        "receivers": RECEIVERS,
        "rests": RESTS,
        "reversal_reasons": [(reason.value, words) for reason, words in REVERSAL_WORDS.items()],
        "reversal_words": {reason.value: words for reason, words in REVERSAL_WORDS.items()},
        "for_agency": request.actor.org_kind is OrgKind.AGENCY,
        "is_open": case.state in {CaseState.READY, CaseState.OFFERED, CaseState.HELD},
        "is_held": case.state is CaseState.HELD,
    }


def show_parts(request: PortalRequest, case_id: UUID) -> dict[str, Any]:
    """The same for a page that opens the case itself."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        return recovery_parts(request, work, case, cases.open_key(work, case))


def currency_of(request: PortalRequest, case_id: UUID) -> str:
    """The one currency of a case."""
    with request.work() as work:
        return cases.load_case(work, CaseId(case_id)).currency or ""


def read_report(form: Form, currency: str, received_by: ReceivedBy | None = None) -> Report:
    """The fields of a payment. Raises Invalid.

    Args:
        received_by: Who received it, where the form does not ask.
    """
    amount = form.amount("paid_amount", currency)
    if form.value("paid_amount_currency", currency) != currency:
        form.refuse("paid_amount", f"This case is in {currency}. Write what arrived in {currency}.")
    day = form.day("paid_on")
    method = form.choice("paid_method", Method)
    to = received_by or form.choice("paid_to", ReceivedBy)
    reference = form.text("paid_reference", required=False, longest=_LONGEST_REFERENCE)
    form.check()
    if day is None:
        raise LookupError("the form was checked without a day")
    return Report(_payment_id(form), amount, day, method, to, reference)


def still_open(found: Recoveries) -> str:
    """How it stands now, as the end of a sentence of what was done."""
    return f"{money(found.summary.open, found.currency)} is open."


def _payment_id(form: Form) -> PaymentId:
    """The id drawn with the form; a fresh one when it was bent."""
    try:
        return PaymentId(UUID(form.value("paid_id")))
    except ValueError:
        return PaymentId(new_id())
