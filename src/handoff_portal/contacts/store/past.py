"""Past contacts for the worker: clear columns, and what the guard knew then; no case is opened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    RowMapping,
    TextClause,
    Uuid,
    bindparam,
    column,
    func,
    select,
    table,
    text,
)

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.contacts.model.facts import ContactFact, FactKind
from handoff_portal.contacts.model.guarding import HISTORY_DAYS
from handoff_portal.contacts.model.holds import Hold, HoldKind, Side
from handoff_portal.contacts.model.past import Clear, PastRow
from handoff_portal.contacts.store import basis
from handoff_portal.contacts.store.communications import COMMUNICATION
from handoff_portal.contacts.store.facts import FACT, row_of
from handoff_portal.core.ids import CaseId, ContactFactId, HoldId, OrgId
from handoff_portal.core.jurisdictions import zone_of
from handoff_portal.guard.zones import candidate_zones

_SEALED_SAYS_ALL = {FactKind.QUIET.value, FactKind.CONSENT.value, FactKind.CONSENT_WITHDRAWN.value}
_CASES = table(
    "cases", *map(column, ("id", "reference", "business_id", "country", "region", "time_zone", "debtor_type"))
)
_HOLD = table("hold", *map(column, ("id", "case_id", "org_id", "kind", "until", "placed_at", "lifted_at")))
_C = COMMUNICATION.c
_ROW = ("occurred_at", "channel", "direction", "party", "place", "outcome")
_CONTACT = ("id", "case_id", "org_id", "source", *_ROW)
_BESIDE: TextClause = text("select * from contacts_beside(:cases, :since, :until)").bindparams(
    bindparam("cases", type_=ARRAY(Uuid()))
)


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
    begin = since - timedelta(days=HISTORY_DAYS)
    contacts, holds, facts = _contacts(work, ids, begin, until), _holds(work, ids), _facts(work, ids)
    return [_clear(row, contacts[row["id"]], holds[row["id"]], facts[row["id"]], until) for row in cases]


def _contacts(work: Work, ids: Sequence[UUID], since: datetime, until: datetime) -> dict[UUID, list[PastRow]]:
    query = select(*(_C[name] for name in (*_CONTACT, "business_id"))).where(
        _C.case_id.in_(ids),
        _C.occurred_at >= since,
        _C.occurred_at < until,
        _C.outcome.is_not(None),
        _C.party != "representative",
    )
    known = basis.list_of(work, ids)
    found = defaultdict(list)
    for row in work.read(query).mappings():
        by_agency = row["source"] == "contact" and row["org_id"] != row["business_id"]
        agency = OrgId(row["org_id"]) if by_agency else None
        then = known[row["case_id"]].get(row["id"])
        found[row["case_id"]].append(PastRow(row_of(row, own=True), agency, then))
    asked = {"cases": list(ids), "since": since, "until": until}
    for row in work.read(_BESIDE, asked).mappings():
        found[row["case_id"]].append(PastRow(row_of(row, own=False)))
    for contacts in found.values():
        contacts.sort(key=lambda one: one.row.occurred_at)
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
