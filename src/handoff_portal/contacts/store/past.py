"""Clear columns of past contacts, for the worker: no sealed column is named."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, column, func, select, table

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.contacts.model.facts import ContactFact, FactKind
from handoff_portal.contacts.model.holds import Hold, HoldKind, Side
from handoff_portal.contacts.model.past import Clear, PastRow
from handoff_portal.contacts.store.communications import COMMUNICATION
from handoff_portal.contacts.store.facts import FACT, row_of
from handoff_portal.core.ids import CaseId, ContactFactId, HoldId, OrgId
from handoff_portal.core.jurisdictions import zone_of
from handoff_portal.guard.zones import candidate_zones

BEFORE = timedelta(days=62)
"""So far before the month contacts are counted."""
_SEALED_SAYS_ALL = {FactKind.QUIET.value, FactKind.CONSENT.value, FactKind.CONSENT_WITHDRAWN.value}
_CASES = table(
    "cases", *map(column, ("id", "reference", "business_id", "country", "region", "time_zone", "debtor_type"))
)
_HOLD = table("hold", *map(column, ("id", "case_id", "org_id", "kind", "until", "placed_at", "lifted_at")))
_C = COMMUNICATION.c
_CONTACT = ("case_id", "org_id", "source", "occurred_at", "channel", "direction", "party", "place", "outcome")


def _made_by_agencies(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (
        (_C.source == "contact")
        & (_C.occurred_at >= since)
        & (_C.occurred_at < until)
        & (_C.org_id != _C.business_id)
    )


def count_contacts(work: Work, since: datetime, until: datetime) -> int:
    """Contacts that agencies made with customers in this time and that rules judge."""
    judged = (_C.direction == "out") & _C.outcome.is_not(None) & (_C.party != "representative")
    query = select(func.count(_C.id)).where(_made_by_agencies(since, until), judged)
    return int(work.read(query).scalar_one())


def list_cases(work: Work, since: datetime, until: datetime, after: UUID | None, most: int) -> list[Clear]:
    """Cases with contacts by agencies in this time, in the order of their ids, after one of them."""
    query = (
        select(_C.case_id).distinct().where(_made_by_agencies(since, until)).order_by(_C.case_id).limit(most)
    )
    ids = work.read(query if after is None else query.where(_C.case_id > after)).scalars().all()
    cases = work.read(select(_CASES).where(_CASES.c.id.in_(ids)).order_by(_CASES.c.id)).mappings()
    contacts, holds, facts = _contacts(work, ids, since - BEFORE, until), _holds(work, ids), _facts(work, ids)
    return [_clear(row, contacts[row["id"]], holds[row["id"]], facts[row["id"]], until) for row in cases]


def _contacts(work: Work, ids: Sequence[UUID], since: datetime, until: datetime) -> dict[UUID, list[PastRow]]:
    query = select(*(_C[name] for name in (*_CONTACT, "business_id"))).where(
        _C.case_id.in_(ids),
        _C.occurred_at >= since,
        _C.occurred_at < until,
        _C.outcome.is_not(None),
        _C.party != "representative",
    )
    found = defaultdict(list)
    for row in work.read(query.order_by(_C.occurred_at)).mappings():
        by_agency = row["source"] == "contact" and row["org_id"] != row["business_id"]
        found[row["case_id"]].append(
            PastRow(row_of(row, own=True), OrgId(row["org_id"]) if by_agency else None)
        )
    return found


def _holds(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Hold]]:
    found = defaultdict(list)
    for row in work.read(select(_HOLD).where(_HOLD.c.case_id.in_(ids))).mappings():
        found[row["case_id"]].append(
            Hold(
                id=HoldId(row["id"]),
                case=CaseId(row["case_id"]),
                org=OrgId(row["org_id"]),
                kind=HoldKind(row["kind"]),
                stops_contact=True,
                owner=Side.AGENCY,
                due_at=None,
                until=row["until"],
                communication=None,
                placed_at=row["placed_at"],
                author="",
                reason="",
                lifted_at=row["lifted_at"],
            )
        )
    return found


def _facts(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[ContactFact]]:
    """Facts that say something without their sealed part."""
    names = ("id", "case_id", "org_id", "kind", "happened_on", "recorded_at", "ended_on")
    query = select(*(FACT.c[name] for name in names)).where(FACT.c.case_id.in_(ids))
    found = defaultdict(list)
    for row in work.read(query.where(FACT.c.kind.not_in(_SEALED_SAYS_ALL))).mappings():
        found[row["case_id"]].append(
            ContactFact(
                id=ContactFactId(row["id"]),
                org=OrgId(row["org_id"]),
                kind=FactKind(row["kind"]),
                happened_on=row["happened_on"],
                recorded_at=row["recorded_at"],
                ended_on=row["ended_on"],
            )
        )
    return found


def _clear(
    row: RowMapping,
    contacts: Sequence[PastRow],
    holds: Sequence[Hold],
    facts: Sequence[ContactFact],
    until: datetime,
) -> Clear:
    country, region = row["country"] or "", row["region"] or ""
    stated = row["time_zone"] or ""
    if country and stated == zone_of(country, region):
        stated = ""  # it only follows from the address
    return Clear(
        id=CaseId(row["id"]),
        business=OrgId(row["business_id"]),
        reference=row["reference"],
        country=country,
        region=region,
        debtor_type=DebtorType(row["debtor_type"]) if row["debtor_type"] else None,
        zones=candidate_zones(country, region, stated=stated),
        contacts=contacts,
        holds=holds,
        facts=facts,
        updated_at=until,
    )
