"""Rows of licences."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import RowMapping, Select, bindparam, column, insert, or_, select, table, update

from handoff_portal.adapters.database import Prepared, Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.agencies.model.licence import (
    SOON_DAYS,
    Licence,
    LicenceDecided,
    LicenceRecorded,
    LicenceScope,
    LicenceState,
    LicenceTerms,
    NamedLicence,
)
from handoff_portal.core.ids import AgencyDocumentId, LicenceId, OrgId, PersonId
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.identity.store.organisations import ORGANISATION

_COLUMNS = (
    "id",
    "agency_id",
    "jurisdiction",
    "regulator",
    "number",
    "class",
    "scope",
    "issued_on",
    "expires_on",
    "state",
    "document_id",
    "source_url",
    "remark",
    "recorded_at",
    "recorded_by",
    "decided_at",
    "decided_by",
)
LICENCE = table("licence", *map(column, _COLUMNS))
_ORDER = (LICENCE.c.jurisdiction, LICENCE.c.expires_on.desc().nulls_first(), LICENCE.c.id)
_OF_AGENCY = Prepared(select(LICENCE).where(LICENCE.c.agency_id == bindparam("agency")).order_by(*_ORDER))


def add(work: Work, made: Licence, event: LicenceRecorded) -> None:
    """Insert a licence."""
    work.change(
        insert(LICENCE).values(
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


def save_correction(work: Work, before: Licence, after: Licence, event: LicenceRecorded) -> None:
    """Store what the agency corrected.

    Raises:
        WrongState: An officer decided in the meantime.
    """
    values = {"state": after.state.value, "document_id": after.document, "remark": after.remark}
    _update(work, before, {**values, **_terms(after.terms)})
    work.record(event)


def save_decision(work: Work, before: Licence, after: Licence, event: LicenceDecided) -> None:
    """Store what the officer decided.

    Raises:
        WrongState: Somebody changed the licence in the meantime.
    """
    values = {"state": after.state.value, "source_url": after.source_url, "remark": after.remark}
    _update(work, before, {**values, "decided_at": after.decided_at, "decided_by": after.decided_by})
    work.record(event)


def load(work: Work, wanted: LicenceId) -> Licence:
    """One licence. Raises NotFound."""
    row = work.read(select(LICENCE).where(LICENCE.c.id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _licence(row)


def list_of_agency(work: Work, agency: OrgId) -> list[Licence]:
    """All licences of an agency that this actor may know, those that end last first."""
    return [_licence(row) for row in work.read(_OF_AGENCY, {"agency": agency}).mappings()]


def list_of(work: Work, agencies: Iterable[OrgId]) -> list[Licence]:
    """All licences of these agencies that this actor may know, those that end last first."""
    query = select(LICENCE).where(LICENCE.c.agency_id.in_(list(agencies)))
    query = query.order_by(*_ORDER)
    return [_licence(row) for row in work.read(query).mappings()]


def list_waiting(work: Work) -> list[NamedLicence]:
    """Licences that wait for the officer, oldest first."""
    query = _named().where(LICENCE.c.state == LicenceState.SUBMITTED.value)
    return _read_named(work, query.order_by(LICENCE.c.recorded_at, LICENCE.c.id))


def list_ending(work: Work, today: date) -> list[NamedLicence]:
    """Verified licences that end within 60 days or ended within the last 60, the first to end first."""
    near = LICENCE.c.expires_on.between(today - timedelta(SOON_DAYS), today + timedelta(SOON_DAYS))
    query = _named().where(LICENCE.c.state == LicenceState.VERIFIED.value, near)
    return _read_named(work, query.order_by(LICENCE.c.expires_on, LICENCE.c.id))


def list_decided(work: Work, today: date, limit: int) -> list[NamedLicence]:
    """Verified licences that do not end soon and suspended ones, latest decision first."""
    later = or_(LICENCE.c.expires_on.is_(None), LICENCE.c.expires_on > today + timedelta(SOON_DAYS))
    verified = (LICENCE.c.state == LicenceState.VERIFIED.value) & later
    query = _named().where(or_(verified, LICENCE.c.state == LicenceState.SUSPENDED.value))
    return _read_named(work, query.order_by(LICENCE.c.decided_at.desc(), LICENCE.c.id).limit(limit))


def _named() -> Select[tuple[object, ...]]:
    joined = LICENCE.join(ORGANISATION, ORGANISATION.c.id == LICENCE.c.agency_id)
    agency = [ORGANISATION.c[name].label(f"o_{name}") for name in rows.ORGANISATION.needed]
    return select(LICENCE, *agency).select_from(joined)


def _read_named(work: Work, query: Select[tuple[object, ...]]) -> list[NamedLicence]:
    found = work.read(query).mappings()
    known = [row for row in found if genuine(work, rows.ORGANISATION, row, "o_")]
    return [NamedLicence(_licence(row), row["o_name"]) for row in known]


def _update(work: Work, before: Licence, values: dict[str, object]) -> None:
    same = (LICENCE.c.id == before.id) & (LICENCE.c.state == before.state.value)
    if work.change(update(LICENCE).where(same).values(**values)).rowcount != 1:
        raise WrongState("Somebody changed this licence in the meantime. Load the page again.")


def _terms(terms: LicenceTerms) -> dict[str, object]:
    return {
        "jurisdiction": terms.jurisdiction,
        "regulator": terms.regulator,
        "number": terms.number,
        "class": terms.licence_class,
        "scope": terms.scope.value,
        "issued_on": terms.issued_on,
        "expires_on": terms.expires_on,
    }


def _licence(row: RowMapping) -> Licence:
    return Licence(
        id=LicenceId(row["id"]),
        agency=OrgId(row["agency_id"]),
        terms=LicenceTerms(
            jurisdiction=row["jurisdiction"],
            regulator=row["regulator"],
            number=row["number"],
            licence_class=row["class"],
            scope=LicenceScope(row["scope"]),
            issued_on=row["issued_on"],
            expires_on=row["expires_on"],
        ),
        state=LicenceState(row["state"]),
        recorded_at=row["recorded_at"],
        recorded_by=PersonId(row["recorded_by"]),
        document=AgencyDocumentId(row["document_id"]) if row["document_id"] else None,
        source_url=row["source_url"],
        remark=row["remark"],
        decided_at=row["decided_at"],
        decided_by=PersonId(row["decided_by"]) if row["decided_by"] else None,
    )
