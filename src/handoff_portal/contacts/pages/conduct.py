"""The supervisor's queue of words to look at, and what others can learn from the decisions."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.conduct.model.terms import Outcome
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.contacts.model.conduct import (
    DECISION_WORDS,
    HARM_WORDS,
    MOST_LISTED,
    WHY_WORDS,
    Decision,
    pieces,
)
from handoff_portal.contacts.model.dispositions import DISPOSITIONS, RECEIVED_WORDS
from handoff_portal.contacts.pages.words import shown_finding
from handoff_portal.core.ids import CommunicationId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

MOST_NOTES = 50


@get("/conduct", needs=Permission.CONDUCT_REVIEW)
def queue(request: PortalRequest) -> Page:
    """Words that wait for a supervisor's look, the oldest first."""
    with request.work() as work:
        waiting = conduct.list_waiting(work)
        left = conduct.list_left(work)
        count = conduct.count_waiting(work)
        percent = conduct.sample_percent(work)
    request.sent.fill({"percent": str(percent)})
    return page(
        request,
        "contacts/conduct.html",
        waiting=[(one, reference_of(one.case)) for one in waiting],
        left=[(one, reference_of(one.case)) for one in left],
        count=count,
        most=MOST_LISTED,
        percent=percent,
        why=WHY_WORDS,
        harms=HARM_WORDS,
    )


@post("/conduct/sample", needs=Permission.CONDUCT_REVIEW, again=queue)
def set_sample(request: PortalRequest) -> Page:
    """Choose how many fine contacts are drawn."""
    percent = request.sent.number("percent", most=conduct.MOST_PERCENT)
    request.sent.check()
    with request.work() as work:
        conduct.set_sample(work, percent)
    return redirect(request, "/conduct", f"From now on {percent} of 100 fine contacts are looked at.")


@get("/conduct/notes", needs=Permission.TEMPLATE_WRITE)
def notes(request: PortalRequest) -> Page:
    """Training notes: what was coached or a breach, why, and how to say it more kindly."""
    with request.work() as work:
        found = conduct.list_noted(work, MOST_NOTES)
    return page(
        request,
        "contacts/training.html",
        notes=[
            (one, reference_of(one.review.case), [shown_finding(f, Outcome.REVIEW) for f in one.findings])
            for one in found
        ],
        decisions=DECISION_WORDS,
        whole=request.actor.may(Permission.CONDUCT_REVIEW),
    )


@get("/conduct/{contact_id:uuid}", needs=Permission.CONDUCT_REVIEW)
def look(request: PortalRequest, contact_id: FromPath[UUID]) -> Page:
    """The words of one contact with what the check said of them; that they were opened is in the log."""
    with request.work() as work:
        found = conduct.open_words(work, CommunicationId(contact_id))
    outcome = Outcome.VIOLATION if found.review.why.value == "violation" else Outcome.REVIEW
    code, received = found.said.disposition, found.said.received_as
    return page(
        request,
        "contacts/look.html",
        found=found,
        case=found.case,
        parts=[(piece, one is not None) for piece, one in pieces(found.said.words.text, found.findings)],
        findings=[shown_finding(one, outcome) for one in found.findings],
        why=WHY_WORDS,
        decisions=DECISION_WORDS,
        channel=CHANNEL_WORDS[found.said.channel],
        came_of=DISPOSITIONS[code].words if code else "",
        received=RECEIVED_WORDS[received] if received else "",
    )


@post("/conduct/{contact_id:uuid}", needs=Permission.CONDUCT_REVIEW, again=look)
def decide(request: PortalRequest, contact_id: FromPath[UUID]) -> Page:
    """Say what the words are."""
    form = request.sent
    decision = form.choice("decision", Decision)
    reason = form.text("reason", required=False, longest=conduct.LONGEST_REASON)
    form.check()
    with request.work() as work:
        conduct.decide(work, CommunicationId(contact_id), decision, reason)
    said = {
        Decision.FINE: "Noted as fine.",
        Decision.COACH: "Noted. The person who wrote it reads your words under training notes.",
        Decision.BREACH: "Noted as a breach. The business sees it on its case and has the next word.",
    }
    return redirect(request, "/conduct", said.get(decision, ""))


ROUTES = (queue, set_sample, notes, look, decide)
