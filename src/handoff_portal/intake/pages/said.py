"""The step “What was said”: one timeline of typed entries and mails, each of which can be corrected."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions.history import list_history, summarise
from handoff_portal.contacts.model.communications import (
    CHANNEL_WORDS,
    STAGE_WORDS,
    Communication,
    Direction,
)
from handoff_portal.contacts.model.timeline import LOOK_OF
from handoff_portal.core.ids import CaseId, CommunicationId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions import papers
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions import history
from handoff_portal.intake.actions.drafting import Opened, open_draft
from handoff_portal.intake.actions.policies import current_policy
from handoff_portal.intake.model.steps import Step
from handoff_portal.intake.pages.rail import frame_of
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

DIRECTIONS = [(Direction.OUT, "To the customer"), (Direction.IN, "From the customer")]
STAGES = list(STAGE_WORDS.items())
CHANNELS = [(channel, CHANNEL_WORDS[channel]) for channel in Channel]


def show_said(request: PortalRequest, case_id: CaseId) -> Page:
    """The step with its timeline."""
    with request.work() as work:
        opened = open_draft(work, case_id)
        shown = {**frame_of(work, opened, Step.SAID), **_history(work, opened)}
        shown |= {"policy": current_policy(work), "summary": summarise(work, opened.case)}
    if not request.sent.names():
        request.sent.fill({"channel": Channel.CALL.value, **opened.fields(Step.SAID)})
    return page(request, "intake/said.html", channels=CHANNELS, **shown)


def show_again(request: PortalRequest, case_id: UUID, **_parts: UUID) -> Page:
    """The step after a form of it was refused."""
    return show_said(request, CaseId(case_id))


@get("/cases/{case_id:uuid}/history", needs=Permission.CASE_DRAFT)
def timeline(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The timeline alone; fetched again after mails were sent."""
    with request.work() as work:
        opened = open_draft(work, CaseId(case_id))
        shown = _history(work, opened)
    return page(request, "intake/_history.html", case=opened.case, **shown)


@post("/cases/{case_id:uuid}/history/entries", needs=Permission.CASE_DRAFT, again=show_again)
def add(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Add one typed entry."""
    with request.work() as work:
        history.add_entry(work, CaseId(case_id), request.sent.fields())
    return redirect(request, f"/cases/{case_id}/edit/said#history", "Added to the history.")


@post(
    "/cases/{case_id:uuid}/history/entries/{entry_id:uuid}/correct",
    needs=Permission.CASE_DRAFT,
)
def correct(request: PortalRequest, case_id: FromPath[UUID], entry_id: FromPath[UUID]) -> Page:
    """Correct direction, stage or time of an entry."""
    with request.work() as work:
        fields = request.sent.fields()
        history.correct_entry(work, CaseId(case_id), CommunicationId(entry_id), fields)
    return redirect(request, f"/cases/{case_id}/edit/said#history", "Corrected.")


@post(
    "/cases/{case_id:uuid}/history/entries/{entry_id:uuid}/remove",
    needs=Permission.CASE_DRAFT,
)
def remove(request: PortalRequest, case_id: FromPath[UUID], entry_id: FromPath[UUID]) -> Page:
    """Take an entry out."""
    with request.work() as work:
        objects = request.portal.objects
        history.remove_entry(work, objects, CaseId(case_id), CommunicationId(entry_id))
    return redirect(request, f"/cases/{case_id}/edit/said#history", "Taken out of the history.")


def _history(work: Work, opened: Opened) -> dict[str, Any]:
    said = list_history(work, opened.case, opened.key)
    stored = {paper.id: paper for paper in papers.list_documents(work, opened.case, opened.key)}
    used = {document for one in said for document in one.documents}
    unread = [p for p in stored.values() if p.kind is DocumentKind.MAIL and p.id not in used]
    return {
        "said": said,
        "written_at": {one.id: _written(one, work.actor.time_zone) for one in said},
        "papers": stored,
        "unread": unread,
        "looks": LOOK_OF,
        "stage_words": STAGE_WORDS,
        "directions": DIRECTIONS,
        "stages": STAGES,
    }


def _written(one: Communication, zone: str) -> str:
    """The time as an input of the browser takes it."""
    return one.occurred_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if one.occurred_at else ""


ROUTES = (timeline, add, correct, remove)
