"""Rows of the directory: agencies with their profiles."""

from datetime import date

from sqlalchemy import ColumnElement, RowMapping, Select, column, exists, or_, select, table, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.sqltypes import Text

from handoff_portal.adapters.database import Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.agencies.model.profile import (
    AgencyCard,
    AgencyProfileChanged,
    DirectoryFilters,
    LicenceFilter,
    Profile,
)
from handoff_portal.agencies.store.licences import LICENCE
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound
from handoff_portal.core.sectors import Sector
from handoff_portal.identity.store.organisations import ORGANISATION

PROFILE = table(
    "agency_profile",
    column("org_id"),
    column("about"),
    column("sectors", ARRAY(Text)),
    column("countries", ARRAY(Text)),
    *map(column, ("values_statement", "website", "conduct_attested_at", "updated_at")),
)


def save_profile(work: Work, profile: Profile, event: AgencyProfileChanged) -> None:
    """Insert or replace the profile of an agency."""
    values = {
        "about": profile.about,
        "sectors": [sector.value for sector in profile.sectors],
        "countries": list(profile.countries),
        "values_statement": profile.values_statement,
        "website": profile.website,
        "conduct_attested_at": profile.conduct_attested_at,
        "updated_at": work.now,
    }
    statement = insert(PROFILE).values(org_id=profile.agency, **values)
    work.change(statement.on_conflict_do_update(index_elements=["org_id"], set_=values))
    work.record(event)


def load_agency(work: Work, wanted: OrgId) -> AgencyCard:
    """One agency with its profile, without licences. Raises NotFound, also if its row is not genuine."""
    row = work.read(_agencies().where(ORGANISATION.c.id == wanted)).mappings().one_or_none()
    if row is None or not genuine(work, rows.ORGANISATION, row):
        raise NotFound
    return _card(row)


def list_agencies(work: Work, filters: DirectoryFilters, today: date, limit: int) -> list[AgencyCard]:
    """Agencies by name, without licences. Days are of UTC here; acceptance looks at the local day."""
    query = _agencies().where(*_conditions(filters, today))
    if filters.after is not None:
        query = query.where(tuple_(ORGANISATION.c.name, ORGANISATION.c.id) > tuple_(*filters.after))
    query = query.order_by(ORGANISATION.c.name, ORGANISATION.c.id).limit(limit)
    return [_card(row) for row in work.read(query).mappings() if genuine(work, rows.ORGANISATION, row)]


def _agencies() -> Select[tuple[object, ...]]:
    joined = ORGANISATION.outerjoin(PROFILE, PROFILE.c.org_id == ORGANISATION.c.id)
    organisation = [ORGANISATION.c[name] for name in rows.ORGANISATION.needed]
    query = select(*organisation, PROFILE).select_from(joined)
    return query.where(ORGANISATION.c.kind == OrgKind.AGENCY.value)


def _conditions(filters: DirectoryFilters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.words:
        found.append(ORGANISATION.c.name.ilike(f"%{_literal(filters.words)}%", escape="\\"))
    if filters.sector is not None:
        found.append(PROFILE.c.sectors.contains([filters.sector.value]))
    if filters.country:
        here = or_(
            LICENCE.c.jurisdiction == filters.country,
            LICENCE.c.jurisdiction.startswith(f"{filters.country}-"),
        )
        found.append(or_(PROFILE.c.countries.contains([filters.country]), _has_licence(_valid(today), here)))
    if filters.licence is LicenceFilter.VALID:
        found.append(_has_licence(_valid(today)))
    elif filters.licence is LicenceFilter.WAITING:
        found.append(_has_licence(LICENCE.c.state == LicenceState.SUBMITTED.value))
    elif filters.licence is LicenceFilter.NONE:
        found.append(~_has_licence(_valid(today)))
    return found


def _has_licence(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(LICENCE.c.id).where(LICENCE.c.agency_id == ORGANISATION.c.id, *conditions))


def _valid(today: date) -> ColumnElement[bool]:
    unended = or_(LICENCE.c.expires_on.is_(None), LICENCE.c.expires_on >= today)
    return (LICENCE.c.state == LicenceState.VERIFIED.value) & (LICENCE.c.issued_on <= today) & unended


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _card(row: RowMapping) -> AgencyCard:
    agency = OrgId(row["id"])
    if row["org_id"] is None:
        return AgencyCard(agency, row["name"], row["country"], Profile(agency))
    profile = Profile(
        agency=agency,
        about=row["about"],
        sectors=tuple(map(Sector, row["sectors"])),
        countries=tuple(row["countries"]),
        values_statement=row["values_statement"],
        website=row["website"],
        conduct_attested_at=row["conduct_attested_at"],
    )
    return AgencyCard(agency, row["name"], row["country"], profile)
