"""Rows of payments; one is added, none is ever changed."""

import json

from sqlalchemy import RowMapping, bindparam, column, insert, select, table

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Balance, Case
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, OrgId, PaymentId, PersonId
from handoff_portal.recoveries.model.payments import Method, Payment, ReceivedBy, ReversalReason

_BUCKETS = ("costs", "interest", "fees", "principal")
PAYMENT = table(
    "payment",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "org_id",
            "agency_id",
            "received_by",
            "method",
            "currency",
            "amount",
            "received_on",
            "commission_bp",
            "commission",
            "reverses",
            "reason",
            "key_version",
            "sealed",
            "reported_at",
            "reported_by",
            *_BUCKETS,
        ),
    ),
)
_OF_CASE = Prepared(
    select(PAYMENT)
    .where(PAYMENT.c.case_id == bindparam("case"))
    .order_by(PAYMENT.c.reported_at, PAYMENT.c.id)
)


def add(work: Work, case: Case, key: CaseKey, payment: Payment, event: Event) -> None:
    """Insert a payment or a reversal."""
    work.change(
        insert(PAYMENT).values(
            id=payment.id,
            case_id=payment.case,
            business_id=case.business,
            org_id=payment.org,
            agency_id=payment.agency,
            received_by=payment.received_by.value,
            method=payment.method.value,
            currency=payment.currency,
            amount=payment.amount,
            received_on=payment.received_on,
            commission_bp=payment.commission_bp,
            commission=payment.commission,
            reverses=payment.reverses,
            reason=payment.reason.value if payment.reason else None,
            key_version=key.version,
            sealed=key.seal(Disclosure.FINANCIAL, "payment", _words(payment), payment.id),
            reported_at=payment.reported_at,
            reported_by=payment.reported_by,
            **{name: getattr(payment.parts, name) for name in _BUCKETS},
        )
    )
    work.record(event)


def list_all(work: Work, case: CaseId, key: CaseKey) -> list[Payment]:
    """The payments and reversals of a case that this organisation may see, oldest first."""
    return [_payment(row, key) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def _words(payment: Payment) -> bytes:
    return json.dumps({"reference": payment.reference}, ensure_ascii=False).encode()


def _payment(row: RowMapping, key: CaseKey) -> Payment:
    words = json.loads(key.open(Disclosure.FINANCIAL, "payment", row["sealed"], row["id"]))
    return Payment(
        id=PaymentId(row["id"]),
        case=CaseId(row["case_id"]),
        org=OrgId(row["org_id"]),
        agency=OrgId(row["agency_id"]) if row["agency_id"] else None,
        received_by=ReceivedBy(row["received_by"]),
        method=Method(row["method"]),
        currency=row["currency"],
        amount=row["amount"],
        received_on=row["received_on"],
        parts=Balance(**{name: row[name] for name in _BUCKETS}),
        commission_bp=row["commission_bp"],
        commission=row["commission"],
        reported_at=row["reported_at"],
        reported_by=PersonId(row["reported_by"]),
        reverses=PaymentId(row["reverses"]) if row["reverses"] else None,
        reason=ReversalReason(row["reason"]) if row["reason"] else None,
        **words,
    )
