"""Licences for tests, built without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from handoff_portal.agencies.model.licence import Licence, LicenceScope, LicenceState, LicenceTerms
from handoff_portal.core.ids import LicenceId, OrgId, PersonId

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGENCY, SOMEBODY = OrgId(UUID(int=1)), PersonId(UUID(int=2))

SINGAPORE = LicenceTerms(
    jurisdiction="SG",
    regulator="Singapore Police Force",
    number="DC-2026-0042",
    licence_class="Debt collection business licence",
    scope=LicenceScope.BOTH,
    issued_on=FIRST,
    expires_on=LAST,
)


def some_terms(
    jurisdiction: str = "SG",
    scope: LicenceScope = LicenceScope.BOTH,
    first: date = FIRST,
    last: date | None = LAST,
) -> LicenceTerms:
    return replace(SINGAPORE, jurisdiction=jurisdiction, scope=scope, issued_on=first, expires_on=last)


def a_licence(
    jurisdiction: str = "SG",
    scope: LicenceScope = LicenceScope.BOTH,
    state: LicenceState = LicenceState.VERIFIED,
    *,
    first: date = FIRST,
    last: date | None = LAST,
    number: str = "DC-2026-0042",
) -> Licence:
    terms = replace(some_terms(jurisdiction, scope, first, last), number=number)
    return Licence(LicenceId(UUID(int=3)), AGENCY, terms, state, NOON, SOMEBODY)
