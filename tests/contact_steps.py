"""Logging contacts and looking at what came of them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from at_work import AtWork
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, timeline
from handoff_portal.contacts.model.communications import (
    ContactEntry,
    Direction,
    Words,
)
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.contacts.model.timeline import Moment
from handoff_portal.core.actor import Actor


def an_entry(now: datetime, code: Disposition | None = Disposition.RPC, **changes: object) -> ContactEntry:
    values: dict[str, object] = {
        "channel": Channel.CALL,
        "direction": Direction.OUT,
        "occurred_at": now,
        "words": Words(author="Aisha Noor", text="CANARY-said this about the invoice."),
        "disposition": code,
        "received_as": ReceivedAs.NEUTRAL,
    }
    return ContactEntry(**{**values, **changes})  # type: ignore[arg-type]


def local_today(at_work: AtWork) -> date:
    return at_work.portal.database.clock().astimezone(ZoneInfo("Asia/Singapore")).date()


def log(
    at_work: AtWork, actor: Actor, code: Disposition | None = Disposition.RPC, **changes: object
) -> contacts.Logged:
    def intention(work: Work, case: Case, key: CaseKey) -> contacts.Logged:
        return contacts.log_contact(work, case, key, an_entry(work.now, code, **changes))

    return at_work.do(actor, intention)


def moments(at_work: AtWork, actor: Actor) -> list[Moment]:
    return at_work.do(actor, timeline.list_timeline)


def actions_of(postgres: EmbeddedPostgres, at_work: AtWork) -> list[str]:
    with postgres.administrator("portal") as connection:
        query = "select action from audit_event where case_id = %s order by case_seq"
        return [row[0] for row in connection.execute(query, (at_work.case,))]


def besides_reviews(postgres: EmbeddedPostgres, at_work: AtWork) -> list[str]:
    """The same without what the conduct check asks a supervisor to look at: some are drawn at random."""
    return [one for one in actions_of(postgres, at_work) if one != "conduct.review_asked"]
