"""The composer: log a contact, send a note, place a hold; as pages of their own and inside the case page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState, DebtorType
from handoff_portal.conduct.model.guide import fitting, situations
from handoff_portal.contacts.actions import holds
from handoff_portal.contacts.model import choices
from handoff_portal.contacts.model.holds import MayContact
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.web.formats import zone_of
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to add something to a case."""

    key: str
    label: str
    icon: str
    href: str


def tabs(case: Case, actor: Actor) -> list[Tab]:
    """What this person can add to the case as it stands."""
    at_work = case.state is CaseState.HELD
    open_case = case.state in {CaseState.READY, CaseState.OFFERED, CaseState.HELD}
    agency = actor.org_kind is OrgKind.AGENCY
    found = []
    if actor.may(Permission.CONTACT_LOG) and (at_work if agency else open_case):
        found.append(Tab("contact", "Log a contact", "phone", f"/cases/{case.id}/contacts/new"))
    if actor.may(Permission.NOTE_SEND) and at_work:
        found.append(Tab("note", "Send a note", "notes", f"/cases/{case.id}/notes/new"))
    if actor.may(Permission.HOLD_PLACE) and open_case:
        found.append(Tab("hold", "Place a hold", "hand-stop", f"/cases/{case.id}/holds/new"))
    return found


def composer(
    request: PortalRequest, case: Case, may_contact: MayContact, compose: str, words: object = None
) -> dict[str, Any]:
    """Everything that the composer's templates need, under the name `composer`.

    Args:
        words: What the conduct check says of the text, if it was asked.
    """
    zone = case.time_zone or request.actor.time_zone
    request.sent.fill(
        {
            "occurred_at": _local(request.now, request.actor.time_zone),
            "direction": "out",
            "party": "customer",
        }
    )
    return {
        "tabs": tabs(case, request.actor),
        "compose": compose,
        "zone": zone,
        "agency": request.actor.org_kind is OrgKind.AGENCY,
        "may_contact": may_contact,
        "choices": choices,
        "words": words,
        "guide": list(situations().values()),
        "fitting": fitting(
            commercial=case.debtor_type is DebtorType.COMPANY,
            kinds=frozenset(hold.kind.value for hold in may_contact.holds),
        ),
        "today": f"{request.now.astimezone(zone_of(zone)).date()}",
        "latest": _local(request.now, request.actor.time_zone),
    }


def show_alone(request: PortalRequest, case_id: UUID, compose: str, title: str, words: object = None) -> Page:
    """One form of the composer as a page of its own; `words` as in `composer`."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_party(work.actor)
        may_contact = holds.may_contact_now(work, case, cases.open_key(work, case))
    context = composer(request, case, may_contact, compose, words)
    return page(request, "contacts/compose.html", case=case, composer=context, page_title=title)


@get("/cases/{case_id:uuid}/contacts/new", needs=Permission.CONTACT_LOG)
def new_contact(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The form that logs a contact."""
    return show_alone(request, case_id, "contact", "Log a contact")


@get("/cases/{case_id:uuid}/notes/new", needs=Permission.NOTE_SEND)
def new_note(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The form that writes to the other side."""
    return show_alone(request, case_id, "note", "Send a note")


@get("/cases/{case_id:uuid}/holds/new", needs=Permission.HOLD_PLACE)
def new_hold(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The form that places a hold."""
    return show_alone(request, case_id, "hold", "Place a hold")


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(zone_of(zone)):%Y-%m-%dT%H:%M}"


ROUTES = (new_contact, new_note, new_hold)
