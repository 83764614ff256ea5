"""Reporting, taking back and closing as people do it, each in a unit of work of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, text

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Balance, Case
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId, PaymentId
from handoff_portal.recoveries.actions.closing import close_case
from handoff_portal.recoveries.actions.payments import (
    Rest,
    report_direct_payment,
    report_payment,
    reverse_payment,
)
from handoff_portal.recoveries.model.closing import CloseCode, Closing, Relationship
from handoff_portal.recoveries.model.payments import Method, Payment, ReceivedBy, Report, ReversalReason
from handoff_portal.web.portal import Portal

T = TypeVar("T")
OPEN = 125_00


def a_report(portal: Portal, amount: int = 50_00, to: ReceivedBy = ReceivedBy.AGENCY) -> Report:
    return Report(PaymentId(uuid4()), amount, local_today(portal), Method.CHEQUE, to, "Cheque 4471")


def report(portal: Portal, actor: Actor, case: CaseId, said: Report) -> Payment:
    with portal.database.work(actor) as work:
        return report_payment(work, case, said)


def pay(portal: Portal, actor: Actor, case: CaseId, amount: int = 50_00) -> Payment:
    return report(portal, actor, case, a_report(portal, amount))


def local_today(portal: Portal) -> date:
    return portal.database.clock().astimezone(ZoneInfo("Asia/Singapore")).date()


def pay_business(
    portal: Portal, actor: Actor, case: CaseId, amount: int = 50_00, rest: Rest = Rest.WAIT, days_ago: int = 0
) -> Payment:
    day = local_today(portal) - timedelta(days=days_ago)
    said = replace(a_report(portal, amount, ReceivedBy.BUSINESS), received_on=day)
    with portal.database.work(actor) as work:
        return report_direct_payment(work, case, said, rest)


def undo(
    portal: Portal, actor: Actor, payment: Payment, reason: ReversalReason = ReversalReason.BOUNCED
) -> Payment:
    with portal.database.work(actor) as work:
        return reverse_payment(work, payment.case, payment.id, reason)


def close(portal: Portal, actor: Actor, case: CaseId, code: CloseCode, words: str = "") -> None:
    with portal.database.work(actor) as work:
        close_case(work, case, Closing(code, Relationship.TRADING, words))


def look(portal: Portal, actor: Actor, wanted: CaseId, see: Callable[[Work, Case, CaseKey], T]) -> T:
    with portal.database.work(actor) as work:
        case = cases.load_case(work, wanted)
        return see(work, case, cases.open_key(work, case))


def balance(portal: Portal, actor: Actor, case: CaseId) -> Balance:
    return look(portal, actor, case, lambda _work, found, _key: found.balance)


def actions_of(postgres: EmbeddedPostgres, case: CaseId) -> list[str]:
    engine = create_engine(postgres.url("postgres", "portal"))
    with engine.connect() as connection:
        query = text("select action from audit_event where case_id = :case order by case_seq")
        found = [str(one) for one in connection.execute(query, {"case": case}).scalars()]
    engine.dispose()
    return found
