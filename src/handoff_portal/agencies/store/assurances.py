"""Rows of assurance reports."""

from collections.abc import Iterable

from sqlalchemy import RowMapping, column, insert, select, table, update

from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.agencies.model.assurance import (
    Assurance,
    AssuranceRecorded,
    AssuranceRejected,
    AssuranceState,
    AssuranceTerms,
    AssuranceVerified,
    NamedAssurance,
    Scheme,
)
from handoff_portal.core.ids import AgencyDocumentId, AssuranceId, OrgId, PersonId
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.identity.store.organisations import ORGANISATION

_TERMS = ("version", "auditor", "period_from", "period_to", "scope", "exceptions", "next_due")
ASSURANCE = table(
    "assurance",
    *map(column, ("id", "agency_id", "scheme", *_TERMS, "state", "document_id", "remark")),
    *map(column, ("recorded_at", "recorded_by", "decided_at", "decided_by")),
)


def add(work: Work, made: Assurance, event: AssuranceRecorded) -> None:
    """Insert a report."""
    work.change(
        insert(ASSURANCE).values(
            id=made.id,
            agency_id=made.agency,
            state=made.state.value,
            document_id=made.document,
            recorded_at=made.recorded_at,
            recorded_by=made.recorded_by,
            **_terms(made.terms),
        )
    )
    work.record(event)


def save_correction(work: Work, before: Assurance, after: Assurance, event: AssuranceRecorded) -> None:
    """Store what the agency corrected. Raises WrongState if an officer decided in the meantime."""
    values = {"state": after.state.value, "document_id": after.document, "remark": after.remark}
    _update(work, before, {**values, **_terms(after.terms)})
    work.record(event)


def save_decision(
    work: Work, before: Assurance, after: Assurance, event: AssuranceVerified | AssuranceRejected
) -> None:
    """Store what the officer decided. Raises WrongState if somebody changed the report in the meantime."""
    values = {"state": after.state.value, "remark": after.remark}
    _update(work, before, {**values, "decided_at": after.decided_at, "decided_by": after.decided_by})
    work.record(event)


def load(work: Work, wanted: AssuranceId) -> Assurance:
    """One report. Raises NotFound."""
    row = work.read(select(ASSURANCE).where(ASSURANCE.c.id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _assurance(row)


def list_of(work: Work, agencies: Iterable[OrgId]) -> list[Assurance]:
    """All reports of these agencies that this actor may know, the newest of each scheme first."""
    query = select(ASSURANCE).where(ASSURANCE.c.agency_id.in_(list(agencies)))
    query = query.order_by(ASSURANCE.c.scheme, ASSURANCE.c.period_to.desc(), ASSURANCE.c.id)
    return [_assurance(row) for row in work.read(query).mappings()]


def list_waiting(work: Work) -> list[NamedAssurance]:
    """Reports that wait for the officer, oldest first."""
    agency = [ORGANISATION.c[name].label(f"o_{name}") for name in rows.ORGANISATION.needed]
    query = select(ASSURANCE, *agency).join(ORGANISATION, ORGANISATION.c.id == ASSURANCE.c.agency_id)
    query = query.where(ASSURANCE.c.state == AssuranceState.RECORDED.value)
    query = query.order_by(ASSURANCE.c.recorded_at, ASSURANCE.c.id)
    found = work.read(query).mappings()
    known = [row for row in found if genuine(work, rows.ORGANISATION, row, "o_")]
    return [NamedAssurance(_assurance(row), row["o_name"], row["o_country"]) for row in known]


def _update(work: Work, before: Assurance, values: dict[str, object]) -> None:
    same = (ASSURANCE.c.id == before.id) & (ASSURANCE.c.state == before.state.value)
    if work.change(update(ASSURANCE).where(same).values(**values)).rowcount != 1:
        raise WrongState("Somebody changed this report in the meantime. Load the page again.")


def _terms(terms: AssuranceTerms) -> dict[str, object]:
    return {"scheme": terms.scheme.value, **{name: getattr(terms, name) for name in _TERMS}}


def _assurance(row: RowMapping) -> Assurance:
    return Assurance(
        id=AssuranceId(row["id"]),
        agency=OrgId(row["agency_id"]),
        terms=AssuranceTerms(scheme=Scheme(row["scheme"]), **{name: row[name] for name in _TERMS}),
        state=AssuranceState(row["state"]),
        recorded_at=row["recorded_at"],
        recorded_by=PersonId(row["recorded_by"]),
        document=AgencyDocumentId(row["document_id"]) if row["document_id"] else None,
        remark=row["remark"],
        decided_at=row["decided_at"],
        decided_by=PersonId(row["decided_by"]) if row["decided_by"] else None,
    )
