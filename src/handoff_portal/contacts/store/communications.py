"""Rows of communications: the history before hand-over and the contacts after it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    RowMapping,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import (
    PERSONAL_CHANNELS,
    Communication,
    Direction,
    Party,
    Source,
    Stage,
    Words,
)
from handoff_portal.contacts.model.dispositions import (
    DISPOSITIONS,
    Disposition,
    NextStep,
    NonPaymentReason,
    ReceivedAs,
    Stops,
)
from handoff_portal.contacts.model.events import HistoryAdded, HistoryRemoved
from handoff_portal.contacts.model.timeline import HistorySummary
from handoff_portal.contacts.model.verdicts import Verdict
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, CommunicationId, DocumentId, OrgId, OverrideId
from handoff_portal.guard.model.terms import Outlook, Where

_COLUMNS = (
    "id",
    "case_id",
    "business_id",
    "org_id",
    "source",
    "occurred_at",
    "occurred_zone",
    "channel",
    "direction",
    "party",
    "stage",
    "disposition",
    "received_as",
    "non_payment_reason",
    "next_step",
    "next_on",
    "against_hold",
    "place",
    "outlook",
    "guard_rules",
    "rules_version",
    "tzdata_version",
    "override_id",
    "conduct_outcome",
    "conduct_classes",
    "conduct_model",
    "outcome",
    "document_ids",
    "key_version",
    "sealed",
    "recorded_at",
    "recorded_by",
)
COMMUNICATION = table("communication", *map(column, _COLUMNS))
_NAME = "communication"
_OF_CASE = Prepared(
    select(COMMUNICATION)
    .where(COMMUNICATION.c.case_id == bindparam("case"))
    .order_by(COMMUNICATION.c.occurred_at.nulls_first(), COMMUNICATION.c.id)
)


def add(
    work: Work, case: Case, key: CaseKey, made: Sequence[Communication], event: HistoryAdded | None
) -> None:
    """Insert entries; with no event given the caller records its own."""
    work.change(insert(COMMUNICATION), [_row(work, case, key, one) for one in made])
    if event is not None:
        work.record(event)


def add_contact(work: Work, case: Case, key: CaseKey, made: Communication, event: Event) -> None:
    """Insert one contact."""
    work.change(insert(COMMUNICATION).values(**_row(work, case, key, made)))
    work.record(event)


def remove(work: Work, case: Case, wanted: CommunicationId, event: HistoryRemoved) -> bool:
    """Take an entry out of a draft; False if it is not there."""
    gone = work.change(
        delete(COMMUNICATION).where(COMMUNICATION.c.id == wanted, COMMUNICATION.c.case_id == case.id)
    )
    work.record(event)
    return gone.rowcount == 1


def list_all(work: Work, case: CaseId, key: CaseKey) -> list[Communication]:
    """Everything of a case, oldest first, what has no date at the beginning."""
    return [_read(row, key) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def summarise(work: Work, case: CaseId) -> HistorySummary:
    """Counts and times, nothing opened."""
    c = COMMUNICATION.c
    query = select(
        func.count().label("count"),
        func.count().filter(c.stage.like("reminder%")).label("reminders"),
        func.min(c.occurred_at).label("first_at"),
        func.max(c.occurred_at).label("last_at"),
        func.max(c.occurred_at)
        .filter(and_(c.stage == Stage.FINAL_NOTICE.value, c.direction == Direction.OUT.value))
        .label("final_notice_at"),
        func.count().filter(c.channel.in_(PERSONAL_CHANNELS)).label("personal"),
        func.count().filter(c.occurred_at.is_(None)).label("undated"),
    ).where(c.case_id == case)
    return HistorySummary(**work.read(query).mappings().one())


def list_milestones(work: Work, keys: Mapping[CaseId, CaseKey]) -> dict[CaseId, list[Communication]]:
    """Reminders, final notices and conversations of several cases, oldest first, what has no date before."""
    c = COMMUNICATION.c
    counts = or_(
        c.stage.like("reminder%"), c.stage == Stage.FINAL_NOTICE.value, c.channel.in_(PERSONAL_CHANNELS)
    )
    among = c.case_id == any_(cast(bindparam("cases"), ARRAY(Uuid)))
    query = select(COMMUNICATION).where(among, counts).order_by(c.occurred_at.nulls_first(), c.id)
    found: dict[CaseId, list[Communication]] = {}
    for row in work.read(query, {"cases": list(keys)}).mappings():
        case = CaseId(row["case_id"])
        found.setdefault(case, []).append(_read(row, keys[case]))
    return found


def count_many(work: Work, cases: Sequence[CaseId]) -> dict[CaseId, int]:
    """How many messages and contacts each of these cases has; those without any are left out."""
    c = COMMUNICATION.c
    among = c.case_id == any_(cast(bindparam("cases"), ARRAY(Uuid)))
    query = select(c.case_id, func.count().label("number")).where(among).group_by(c.case_id)
    return {CaseId(row.case_id): row.number for row in work.read(query, {"cases": list(cases)})}


def list_doubtful(work: Work, case: CaseId) -> set[Channel]:
    """Channels whose last contact said that the number or address does not work."""
    c = COMMUNICATION.c
    query = (
        select(c.channel, c.disposition)
        .where(c.case_id == case, c.disposition.is_not(None))
        .order_by(c.occurred_at)
    )
    last = {row.channel: Disposition(row.disposition) for row in work.read(query)}
    return {
        Channel(channel)
        for channel, code in last.items()
        if DISPOSITIONS[code].stops in {Stops.NUMBER, Stops.ADDRESS}
    }


def _row(work: Work, case: Case, key: CaseKey, one: Communication) -> dict[str, object]:
    return {
        "id": one.id,
        "case_id": case.id,
        "business_id": case.business,
        "org_id": one.org,
        "source": one.source.value,
        "occurred_at": one.occurred_at,
        "occurred_zone": one.zone,
        "channel": one.channel.value,
        "direction": one.direction.value,
        "party": one.party.value,
        "stage": one.stage,
        "disposition": one.disposition,
        "received_as": one.received_as,
        "non_payment_reason": one.reason,
        "next_step": one.next_step,
        "next_on": one.next_on,
        "against_hold": one.against_hold,
        **_judged(one),
        **_checked(one),
        "document_ids": list(one.documents),
        "key_version": key.version,
        "sealed": key.seal(Disclosure.MESSAGES, _NAME, one.words.encode(), one.id),
        "recorded_at": one.recorded_at,
        "recorded_by": work.actor.person,
    }


def _judged(one: Communication) -> dict[str, object]:
    verdict = one.verdict
    return {
        "place": one.place.value if one.place else None,
        "outlook": verdict.outlook.value if verdict else None,
        "guard_rules": list(verdict.rules) if verdict else [],
        "rules_version": verdict.version if verdict else None,
        "tzdata_version": verdict.tzdata if verdict else None,
        "override_id": verdict.override if verdict else None,
    }


def _checked(one: Communication) -> dict[str, object]:
    found = one.checked
    return {
        "conduct_outcome": found.outcome.value if found else None,
        "conduct_classes": [harm.value for harm in found.classes] if found else [],
        "conduct_model": found.model if found else None,
    }


def _verdict(row: RowMapping) -> Verdict | None:
    if row["outlook"] is None:
        return None
    override = OverrideId(row["override_id"]) if row["override_id"] else None
    return Verdict(
        Outlook(row["outlook"]),
        tuple(row["guard_rules"]),
        row["rules_version"],
        row["tzdata_version"],
        override,
    )


def _read(row: RowMapping, key: CaseKey) -> Communication:
    return Communication(
        id=CommunicationId(row["id"]),
        org=OrgId(row["org_id"]),
        source=Source(row["source"]),
        occurred_at=row["occurred_at"],
        zone=row["occurred_zone"],
        channel=Channel(row["channel"]),
        direction=Direction(row["direction"]),
        party=Party(row["party"]),
        words=Words.decode(key.open(Disclosure.MESSAGES, _NAME, row["sealed"], row["id"])),
        recorded_at=row["recorded_at"],
        stage=Stage(row["stage"]) if row["stage"] else None,
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
        received_as=ReceivedAs(row["received_as"]) if row["received_as"] else None,
        reason=NonPaymentReason(row["non_payment_reason"]) if row["non_payment_reason"] else None,
        next_step=NextStep(row["next_step"]) if row["next_step"] else None,
        next_on=row["next_on"],
        against_hold=row["against_hold"],
        place=Where(row["place"]) if row["place"] else None,
        verdict=_verdict(row),
        documents=tuple(DocumentId(one) for one in row["document_ids"]),
    )
