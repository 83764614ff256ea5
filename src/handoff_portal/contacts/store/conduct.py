"""Rows of words that a supervisor looks at, and of how many an agency draws."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, column, func, insert, select, table, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.conduct.model.terms import Finding, Harm, Verdict
from handoff_portal.contacts.model.conduct import (
    USUAL_PERCENT,
    Decision,
    Review,
    ReviewAsked,
    ReviewDecided,
    SampleRateSet,
    Told,
    Why,
    decode_findings,
    encode_findings,
)
from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, PersonId
from handoff_portal.core.refusals import NotFound

_COLUMNS = (
    "communication_id",
    "case_id",
    "business_id",
    "agency_id",
    "person_id",
    "why",
    "classes",
    "model_version",
    "key_version",
    "sealed_findings",
    "asked_at",
    "due_at",
    "decision",
    "decided_at",
    "decided_by",
    "sealed_reason",
)
REVIEW = table("conduct_review", *map(column, _COLUMNS))
SETTING = table("conduct_setting", *map(column, ("org_id", "sample_percent", "changed_at", "changed_by")))
_OF_CASE = Prepared(select(REVIEW).where(REVIEW.c.case_id == bindparam("case")))
_LEFT = text("select * from left_reviews(:case, :at)")
_FINDINGS, _REASON = "findings", "decision"


def ask(work: Work, key: CaseKey, review: Review, verdict: Verdict, event: ReviewAsked) -> None:
    """Put the words of a contact into the agency's queue."""
    sealed = key.seal(Disclosure.MESSAGES, _FINDINGS, encode_findings(verdict), review.communication)
    work.change(
        insert(REVIEW).values(
            communication_id=review.communication,
            case_id=review.case,
            business_id=review.own,
            agency_id=review.agency,
            person_id=review.person,
            why=review.why.value,
            classes=[one.value for one in review.classes],
            model_version=review.model,
            key_version=key.version,
            sealed_findings=sealed,
            asked_at=review.asked_at,
            due_at=review.due_at,
        )
    )
    work.record(event)


def decide(work: Work, key: CaseKey, wanted: CommunicationId, reason: str, event: ReviewDecided) -> bool:
    """Keep what a supervisor decided; False if somebody else was faster."""
    sealed = key.seal(Disclosure.MESSAGES, _REASON, reason.encode(), wanted)
    waiting = update(REVIEW).where(REVIEW.c.communication_id == wanted, REVIEW.c.decision.is_(None))
    done = work.change(
        waiting.values(
            decision=event.decision.value,
            decided_at=work.now,
            decided_by=work.actor.person,
            sealed_reason=sealed,
        )
    )
    work.record(event)
    return done.rowcount == 1


def close_left(work: Work, case: Case) -> None:
    """Close what the agency that held the case left undecided; each with its event."""
    for row in work.keep_house(_LEFT, {"case": case.id, "at": work.now}).mappings().all():
        work.record(
            ReviewDecided(
                case=case.id,
                own=case.business,
                communication=CommunicationId(row["communication_id"]),
                why=Why(row["why"]),
                decision=Decision.LEFT,
                classes=tuple(Harm(one) for one in row["classes"]),
            )
        )


def list_left(work: Work, since: datetime, most: int) -> list[Review]:
    """What the actor's agency left undecided since a moment, the newest first."""
    left = (REVIEW.c.agency_id == work.actor.org) & (REVIEW.c.decision == Decision.LEFT.value)
    query = select(REVIEW).where(left, REVIEW.c.decided_at >= since)
    query = query.order_by(REVIEW.c.decided_at.desc(), REVIEW.c.communication_id).limit(most)
    return [_read(row) for row in work.read(query).mappings()]


def list_waiting(work: Work, most: int) -> list[Review]:
    """What waits in the actor's agency, the oldest first."""
    query = select(REVIEW).where(REVIEW.c.agency_id == work.actor.org, REVIEW.c.decision.is_(None))
    query = query.order_by(REVIEW.c.asked_at, REVIEW.c.communication_id).limit(most)
    return [_read(row) for row in work.read(query).mappings()]


def count_waiting(work: Work) -> int:
    """How many wait in the actor's agency."""
    query = select(func.count()).select_from(REVIEW)
    found = work.read(query.where(REVIEW.c.agency_id == work.actor.org, REVIEW.c.decision.is_(None)))
    return int(found.scalar_one())


def list_noted(work: Work, most: int, person: PersonId | None) -> list[Review]:
    """What was decided to be coached or a breach, the newest first; of one person, or of the whole agency."""
    noted = (Decision.COACH.value, Decision.BREACH.value)
    query = select(REVIEW).where(REVIEW.c.agency_id == work.actor.org, REVIEW.c.decision.in_(noted))
    if person is not None:
        query = query.where(REVIEW.c.person_id == person)
    query = query.order_by(REVIEW.c.decided_at.desc(), REVIEW.c.communication_id).limit(most)
    return [_read(row) for row in work.read(query).mappings()]


def load(work: Work, wanted: CommunicationId) -> Review:
    """One review. Raises NotFound."""
    row = work.read(select(REVIEW).where(REVIEW.c.communication_id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def open_findings(work: Work, key: CaseKey, wanted: CommunicationId) -> tuple[Finding, ...]:
    """What the check found in the words of a contact when it was logged."""
    query = select(REVIEW.c.sealed_findings).where(REVIEW.c.communication_id == wanted)
    sealed = work.read(query).scalar_one()
    return decode_findings(key.open(Disclosure.MESSAGES, _FINDINGS, sealed, wanted))


def told_of_case(work: Work, case: CaseId, key: CaseKey) -> dict[CommunicationId, Told]:
    """What the reader's side may know of words looked at in this case."""
    return {
        CommunicationId(row["communication_id"]): Told(
            Why(row["why"]),
            Decision(row["decision"]) if row["decision"] else None,
            _reason(row, key),
        )
        for row in work.read(_OF_CASE, {"case": case}).mappings()
    }


def sample_percent(work: Work) -> int:
    """How many of a hundred fine contacts the actor's agency looks at."""
    query = select(SETTING.c.sample_percent).where(SETTING.c.org_id == work.actor.org)
    found = work.read(query).scalar_one_or_none()
    return USUAL_PERCENT if found is None else int(found)


def set_sample(work: Work, event: SampleRateSet) -> None:
    """Keep how many are drawn from now on."""
    values = {
        "sample_percent": event.percent,
        "changed_at": work.now,
        "changed_by": work.actor.person,
    }
    made = upsert(SETTING).values(org_id=work.actor.org, **values)
    work.change(made.on_conflict_do_update(index_elements=["org_id"], set_=values))
    work.record(event)


def _reason(row: RowMapping, key: CaseKey) -> str:
    if row["sealed_reason"] is None:
        return ""
    return key.open(Disclosure.MESSAGES, _REASON, row["sealed_reason"], row["communication_id"]).decode()


def _read(row: RowMapping) -> Review:
    return Review(
        communication=CommunicationId(row["communication_id"]),
        case=CaseId(row["case_id"]),
        own=OrgId(row["business_id"]),
        agency=OrgId(row["agency_id"]),
        person=PersonId(row["person_id"]),
        why=Why(row["why"]),
        classes=tuple(Harm(one) for one in row["classes"]),
        model=row["model_version"],
        asked_at=row["asked_at"],
        due_at=row["due_at"],
        decision=Decision(row["decision"]) if row["decision"] else None,
        decided_at=row["decided_at"],
    )
