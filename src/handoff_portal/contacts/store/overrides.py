"""Rows of overrides of the guard, and of contacts that each side has to look at."""

from sqlalchemy import bindparam, column, insert, select, table, update
from sqlalchemy.dialects.postgresql import insert as upsert

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.overrides import ContactLookedAt, Flag, GuardOverridden, Override
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, OverrideId, PersonId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.guard.model.terms import Channel

OVERRIDE = table(
    "guard_override",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "org_id",
            "person_id",
            "channel",
            "rules",
            "key_version",
            "sealed_reason",
            "made_at",
            "until",
            "used_by",
        ),
    ),
)
FLAG = table(
    "contact_flag",
    *map(
        column,
        (
            "communication_id",
            "case_id",
            "business_id",
            "agency_id",
            "raised_at",
            "business_looked_at",
            "business_looked_by",
            "agency_looked_at",
            "agency_looked_by",
        ),
    ),
)
_REASONS = Prepared(
    select(OVERRIDE.c.id, OVERRIDE.c.used_by, OVERRIDE.c.sealed_reason).where(
        OVERRIDE.c.case_id == bindparam("case"), OVERRIDE.c.used_by.is_not(None)
    )
)
_FLAGS = {
    side: Prepared(
        select(FLAG.c.communication_id).where(
            FLAG.c.case_id == bindparam("case"), FLAG.c[f"{side}_looked_at"].is_(None)
        )
    )
    for side in ("business", "agency")
}


def add(work: Work, case: Case, key: CaseKey, made: Override, reason: str, event: GuardOverridden) -> None:
    """Insert an override with its reason."""
    work.change(
        insert(OVERRIDE).values(
            id=made.id,
            case_id=case.id,
            business_id=case.business,
            org_id=made.org,
            person_id=made.person,
            channel=made.channel.value,
            rules=sorted(made.rules),
            key_version=key.version,
            sealed_reason=key.seal(Disclosure.MESSAGES, "override", reason.encode(), made.id),
            made_at=made.made_at,
            until=made.until,
        )
    )
    work.record(event)


def list_unused(work: Work, case: CaseId) -> list[Override]:
    """Those of the actor's organisation on which no contact rests yet, oldest first."""
    query = select(OVERRIDE).where(
        OVERRIDE.c.case_id == case, OVERRIDE.c.org_id == work.actor.org, OVERRIDE.c.used_by.is_(None)
    )
    return [
        Override(
            id=OverrideId(row.id),
            org=OrgId(row.org_id),
            person=PersonId(row.person_id),
            channel=Channel(row.channel),
            rules=frozenset(row.rules),
            made_at=row.made_at,
            until=row.until,
        )
        for row in work.read(query.order_by(OVERRIDE.c.made_at))
    ]


def reasons_of(work: Work, case: CaseId, key: CaseKey) -> dict[CommunicationId, str]:
    """Why somebody went on, by the contact that rests on it."""
    return {
        CommunicationId(row.used_by): key.open(
            Disclosure.MESSAGES, "override", row.sealed_reason, row.id
        ).decode()
        for row in work.read(_REASONS, {"case": case})
    }


def use(work: Work, override: Override, made: CommunicationId) -> None:
    """Say which contact rests on it; part of logging that contact."""
    unused = update(OVERRIDE).where(OVERRIDE.c.id == override.id, OVERRIDE.c.used_by.is_(None))
    work.keep_house(unused.values(used_by=made))


def raise_flag(work: Work, case: Case, made: CommunicationId, event: Event) -> None:
    """Ask both sides to look at a contact."""
    row = {
        "communication_id": made,
        "case_id": case.id,
        "business_id": case.business,
        "agency_id": case.holder,
        "raised_at": work.now,
    }
    work.change(upsert(FLAG).values(**row).on_conflict_do_nothing())
    work.record(event)


def list_flags(work: Work, most: int) -> list[Flag]:
    """What the actor's side has not looked at, oldest first."""
    side = _side(work)
    query = select(FLAG).where(FLAG.c[f"{side}_id"] == work.actor.org, FLAG.c[f"{side}_looked_at"].is_(None))
    query = query.order_by(FLAG.c.raised_at, FLAG.c.communication_id).limit(most)
    return [
        Flag(CommunicationId(row.communication_id), CaseId(row.case_id), row.raised_at)
        for row in work.read(query)
    ]


def flags_of_case(work: Work, case: CaseId) -> set[CommunicationId]:
    """Contacts of a case that the actor's side has not looked at."""
    flags = work.read(_FLAGS[_side(work)], {"case": case})
    return {CommunicationId(found) for found in flags.scalars()}


def look(work: Work, wanted: CommunicationId, event: ContactLookedAt) -> bool:
    """Say that the actor's side has looked at a contact; False if there is nothing to look at."""
    side = _side(work)
    values = {f"{side}_looked_at": work.now, f"{side}_looked_by": work.actor.person}
    waiting = FLAG.c[f"{side}_looked_at"].is_(None)
    done = work.change(update(FLAG).where(FLAG.c.communication_id == wanted, waiting).values(values))
    work.record(event)
    return done.rowcount == 1


def _side(work: Work) -> str:
    return "business" if work.actor.org_kind is OrgKind.BUSINESS else "agency"
