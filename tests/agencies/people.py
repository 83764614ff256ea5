"""Agencies, officers and businesses signed in, for the tests of this feature."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from agencies.builders import SINGAPORE
from handoff_portal.agencies.actions.documents import kept
from handoff_portal.agencies.actions.licences import (
    decide_licence,
    record_licence,
    show_licence,
)
from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.core.ids import AgencyDocumentId, LicenceId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import NotFound
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation


@dataclass(frozen=True)
class Cast:
    """One person of every kind that this feature knows."""

    admin: SignedIn
    collector: SignedIn
    rival: SignedIn
    business: SignedIn
    officer: SignedIn
    operator_admin: SignedIn


def a_cast(portal: Portal) -> Cast:
    agency = an_organisation(portal, OrgKind.AGENCY)
    operator = an_organisation(portal, OrgKind.OPERATOR)
    return Cast(
        admin=a_person(portal, agency, Role.AGENCY_ADMIN),
        collector=a_person(portal, agency, Role.COLLECTOR),
        rival=a_person(portal, an_organisation(portal, OrgKind.AGENCY)),
        business=a_person(portal, an_organisation(portal, OrgKind.BUSINESS)),
        officer=a_person(portal, operator, Role.COMPLIANCE_OFFICER),
        operator_admin=a_person(portal, operator, Role.OPERATOR_ADMIN),
    )


REGISTER = "https://register.example/42"
PAPER = b"%PDF-1.7\n" + b"licence of a police force " * 4000


def recorded(portal: Portal, by: SignedIn, **changes: Any) -> Licence:  # noqa: ANN401
    with portal.database.work(by.actor) as work:
        return record_licence(work, replace(SINGAPORE, **changes))


def decided(
    portal: Portal, by: SignedIn, licence: LicenceId, state: LicenceState, remark: str = ""
) -> Licence:
    with portal.database.work(by.actor) as work:
        return decide_licence(work, licence, state, source_url=REGISTER, remark=remark)


def seen(portal: Portal, by: SignedIn, licence: LicenceId) -> Licence | None:
    with portal.database.work(by.actor) as work:
        try:
            return show_licence(work, licence)
        except NotFound:
            return None


def stored(portal: Portal, by: SignedIn, content: bytes = PAPER) -> AgencyDocumentId:
    with (
        kept(portal.vault, portal.objects, by.actor.org, "Licence 2026.pdf", content) as document,
        portal.database.work(by.actor) as work,
    ):
        record_licence(work, SINGAPORE, document)
    return document.id


def raw(portal: Portal, by: SignedIn, statement: str, values: Mapping[str, object]) -> int:
    """How many rows a statement reaches, sent as SQL past every rule of the product."""
    with portal.database.work(by.actor) as work:
        return work.keep_house(text(statement), values).rowcount
