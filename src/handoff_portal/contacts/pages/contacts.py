"""Logging a contact and sending a note."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, known, notes
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
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.holds import RULES
from handoff_portal.contacts.pages.composer import new_contact, new_note
from handoff_portal.contacts.pages.guarding import read_quiet
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.guard.model.terms import Where
from handoff_portal.web.formats import zone_of
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/cases/{case_id:uuid}/contacts", needs=Permission.CONTACT_LOG, again=new_contact)
def log_contact(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Log one contact with the customer."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        key, entry = cases.open_key(work, case), _entry(request, case)
        quiet = _quiet(request)
        logged = contacts.log_contact(work, case, key, entry)
        if quiet is not None:
            day = entry.occurred_at.astimezone(zone_of(case.time_zone or request.actor.time_zone)).date()
            known.record_fact(work, case, key, FactKind.QUIET, day, quiet)
    level = "warning" if logged.against or logged.blocked_by else "success"
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
        place=form.optional_choice("place", Where),
    )
    form.check()
    return entry


def _quiet(request: PortalRequest) -> Terms | None:
    """When the customer asked not to be contacted, if they did."""
    form = request.sent
    if not (form.values("quiet_days") or form.value("quiet_from") or form.value("quiet_to")):
        return None
    days, start, end = read_quiet(form)
    form.check()
    return Terms((), days, start, end, "", request.actor.name)


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
    if logged.blocked_by:
        rules = "a rule" if len(logged.blocked_by) == 1 else f"{len(logged.blocked_by)} rules"
        said += f" At that time {rules} blocked it, so supervisor and business have been asked to look at it."
    elif logged.against:
        said += " A hold asked for no contact, so the business has been asked to look at it."
    return said


ROUTES = (log_contact, send_note)
