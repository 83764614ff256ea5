"""Letters and messages of an agency: the list, one with its versions, writing, approving, retiring."""

from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.conduct.actions import templates
from handoff_portal.conduct.actions.templates import NewTemplate
from handoff_portal.conduct.model.templates import (
    CHANNEL_WORDS,
    LONGEST_TEXT,
    PLACEHOLDER_WORDS,
    STATE_WORDS,
    Template,
    TemplateChannel,
    Version,
    languages,
    missing,
    readable,
    too_familiar,
)
from handoff_portal.core.ids import TemplateId
from handoff_portal.core.jurisdictions import country_choices, country_names
from handoff_portal.core.permissions import Permission
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LONGEST_NAME = 80
_LONGEST_NOTE = 2000


def _words() -> dict[str, Any]:
    return {
        "channels": CHANNEL_WORDS,
        "languages": languages(),
        "states": STATE_WORDS,
        "placeholders": PLACEHOLDER_WORDS,
        "countries": country_names(),
    }


@get("/templates", needs=Permission.TEMPLATE_WRITE)
def index(request: PortalRequest) -> Page:
    """Templates that are in use or wait."""
    with request.work() as work:
        found = templates.list_all(work)
    return page(request, "conduct/templates.html", templates=found, **_words())


@get("/templates/new", needs=Permission.TEMPLATE_WRITE)
def new(request: PortalRequest) -> Page:
    """The form for a new template."""
    request.sent.fill({"language": "en", "channel": "email"})
    return page(request, "conduct/template_new.html", choices=country_choices(), **_words())


@post("/templates/new", needs=Permission.TEMPLATE_WRITE, again=new)
def write(request: PortalRequest) -> Page:
    """Write a template."""
    form = request.sent
    country = form.value("country")
    if country and country not in country_names():
        form.refuse("country", "Choose a country of the list.")
    made = NewTemplate(
        name=form.text("name", longest=_LONGEST_NAME),
        channel=form.choice("channel", TemplateChannel),
        language=form.value("language"),
        country=country,
        text=form.text("text", longest=LONGEST_TEXT),
    )
    form.check()
    with request.work() as work:
        wanted = templates.write(work, made)
    return redirect(request, f"/templates/{wanted}", "Written. It can be used once a supervisor approved it.")


@get("/templates/{template_id:uuid}", needs=Permission.TEMPLATE_WRITE)
def show(request: PortalRequest, template_id: FromPath[UUID]) -> Page:
    """One template: what is in use, what waits, all versions."""
    with request.work() as work:
        template = templates.show(work, TemplateId(template_id))
    newest = template.versions[0]
    request.sent.fill({"text": newest.text})
    return page(
        request,
        "conduct/template.html",
        template=template,
        newest=newest,
        looked=_looked(template, newest),
        own=newest.author == request.actor.person,
        **_words(),
    )


def _looked(template: Template, version: Version) -> dict[str, Any]:
    """What can be said of a version by rule: missing parts, familiar words, what the conduct check finds."""
    verdict = templates.check_text(version.text, template.channel, template.language)
    return {
        "missing": missing(version.text, template.channel),
        "familiar": too_familiar(version.text, template.language),
        "verdict": verdict,
        "readable": readable(version.text, template.language),
    }


@post("/templates/{template_id:uuid}", needs=Permission.TEMPLATE_WRITE, again=show)
def rewrite(request: PortalRequest, template_id: FromPath[UUID]) -> Page:
    """Write another version."""
    text = request.sent.text("text", longest=LONGEST_TEXT)
    request.sent.check()
    with request.work() as work:
        templates.rewrite(work, TemplateId(template_id), text)
    return redirect(
        request, f"/templates/{template_id}", "Written. The approved version stays in use until then."
    )


@post("/templates/{template_id:uuid}/decide", needs=Permission.TEMPLATE_APPROVE, again=show)
def decide(request: PortalRequest, template_id: FromPath[UUID]) -> Page:
    """Approve the waiting version, or send it back."""
    form = request.sent
    approves = form.value("decision") == "approve"
    if form.value("decision") not in {"approve", "send_back"}:
        form.refuse("decision", "Please choose one.")
    note = form.text("note", required=False, longest=_LONGEST_NOTE)
    form.check()
    with request.work() as work:
        templates.decide(work, TemplateId(template_id), approves=approves, note=note)
    say = "Approved. Your people can use it now." if approves else "Sent back with your note."
    return redirect(request, f"/templates/{template_id}", say)


@post("/templates/{template_id:uuid}/retire", needs=Permission.TEMPLATE_APPROVE, again=show)
def retire(request: PortalRequest, template_id: FromPath[UUID]) -> Page:
    """End the use of a template."""
    with request.work() as work:
        templates.retire(work, TemplateId(template_id))
    return redirect(request, "/templates", "Retired. What was sent with it stays as it is.")


ROUTES = (index, new, write, show, rewrite, decide, retire)
