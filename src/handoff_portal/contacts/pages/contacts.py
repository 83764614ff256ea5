"""Logging a contact and sending a note."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, notes
from handoff_portal.contacts.actions.contacts import Logged
from handoff_portal.contacts.model.communications import (
    LONGEST_TEXT,
    ContactEntry,
    Direction,
    Party,
    Promised,
    Words,
)
from handoff_portal.contacts.model.dispositions import Disposition, NextStep, NonPaymentReason, ReceivedAs
from handoff_portal.contacts.model.holds import RULES
from handoff_portal.contacts.pages.composer import new_contact, new_note
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/cases/{case_id:uuid}/contacts", needs=Permission.CONTACT_LOG, again=new_contact)
def log_contact(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Log one contact with the customer."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        logged = contacts.log_contact(work, case, cases.open_key(work, case), _entry(request, case))
    level = "warning" if logged.against else "success"
    return redirect(request, f"/cases/{case.id}#c-{logged.id}", _say(logged), level)


@post("/cases/{case_id:uuid}/notes", needs=Permission.NOTE_SEND, again=new_note)
def send_note(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Write to the other side."""
    form = request.sent
    text, asks = form.text("note", longest=notes.LONGEST), form.flag("asks_answer")
    form.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        made = notes.send_note(work, case, cases.open_key(work, case), text, asks_answer=asks)
    other = "agency" if request.actor.org_kind is OrgKind.BUSINESS else "business"
    say = f"Sent. The {other} has the next word now." if asks else f"Sent to the {other}."
    return redirect(request, f"/cases/{case.id}#n-{made}", say)


def _entry(request: PortalRequest, case: Case) -> ContactEntry:
    form, agency = request.sent, request.actor.org_kind is OrgKind.AGENCY
    channel = form.choice("channel", Channel)
    direction = form.choice("direction", Direction)
    occurred_at = form.moment("occurred_at", request.actor.time_zone)
    words = Words(
        author=request.actor.name,
        recipient=form.text("spoke_with", required=False, longest=120),
        text=form.text("text", required=not agency, longest=LONGEST_TEXT),
    )
    disposition = form.choice("disposition", Disposition) if agency else None
    entry = ContactEntry(
        channel=channel,
        direction=direction,
        occurred_at=occurred_at or request.now,
        words=words,
        party=form.optional_choice("party", Party) or Party.CUSTOMER,
        disposition=disposition,
        received_as=form.optional_choice("received_as", ReceivedAs),
        reason=form.optional_choice("reason", NonPaymentReason),
        next_step=form.optional_choice("next_step", NextStep),
        next_on=form.day("next_on", required=False),
        promised=_promised(request, case) if disposition is Disposition.PTP else None,
    )
    form.check()
    return entry


def _promised(request: PortalRequest, case: Case) -> Promised | None:
    form = request.sent
    minor = form.amount("promised_amount", case.currency or "SGD", least=1)
    day = form.day("promised_on")
    return Promised(minor, day) if day is not None else None


def _say(logged: Logged) -> str:
    said = "The contact is logged."
    if logged.holds:
        kinds = " and ".join(RULES[kind].words.lower() for kind in logged.holds)
        said += f" Contact rests now: {kinds}."
    if logged.against:
        said += " A hold asked for no contact, so the business has been asked to look at it."
    return said


ROUTES = (log_contact, send_note)
