"""May I contact now: the answer for one way with its reasons, going on all the same, what is known."""

from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import guarding, known, overriding
from handoff_portal.contacts.model import choices
from handoff_portal.contacts.model.communications import Party
from handoff_portal.contacts.model.facts import CHANNEL_NAMES, DAY_SECONDS, KIND_WORDS, FactKind, Terms
from handoff_portal.contacts.model.guarding import channel_of
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId, CommunicationId, ContactFactId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Refusal
from handoff_portal.guard.model import terms as g
from handoff_portal.web.formats import zone_of
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LONGEST = 1000
KINDS = [(kind.value, words) for kind, words in KIND_WORDS.items()]
CHANNELS = [(channel.value, words) for channel, words in CHANNEL_NAMES.items()]


@get("/cases/{case_id:uuid}/guard", needs=Permission.CASE_READ)
def show_guard(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Whether the customer may be contacted now, in every way or the one asked about; a page or a part."""
    asked = _asked(request)
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_party(work.actor)
        key = cases.open_key(work, case)
        found = (
            [guarding.ask_channel(work, case, key, asked)]
            if asked
            else guarding.ask_channels(work, case, key)
        )
    context: dict[str, Any] = {
        "case": case,
        "answers": found,
        "names": {**CHANNEL_NAMES, **choices.TO_OTHERS},
        "their_zone": case.time_zone or request.actor.time_zone,
    }
    inside = request.headers.get("HX-Request") is not None and request.method == "GET"
    return page(request, "contacts/_guard.html" if inside else "contacts/guard.html", **context)


@post("/cases/{case_id:uuid}/guard", needs=Permission.CONTACT_LOG, again=show_guard)
def go_on(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Ask to go on in spite of a block; whoever may not is told why, and the log keeps that they asked."""
    form = request.sent
    channel = form.choice("guard_channel", g.Channel)
    reason = form.text("override_reason", required=False, longest=_LONGEST)
    form.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        made = overriding.go_on(work, case, cases.open_key(work, case), channel, reason)
    if isinstance(made, Refusal):
        raise made
    until = made.until.astimezone(zone_of(request.actor.time_zone))
    say = f"You can go on once, by {CHANNEL_NAMES.get(channel, channel.value).lower()}, until {until:%H:%M}."
    return redirect(request, f"/cases/{case_id}/contacts/new", say, "info")


@post("/cases/{case_id:uuid}/contacts/{contact_id:uuid}/looked", needs=Permission.FLAG_LOOK)
def look_at(request: PortalRequest, case_id: FromPath[UUID], contact_id: FromPath[UUID]) -> Page:
    """Say that one has looked at a contact that went against a hold or a block."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        overriding.look_at(work, case, CommunicationId(contact_id))
    return redirect(request, f"/cases/{case_id}#c-{contact_id}", "Noted that you have looked at it.")


@get("/cases/{case_id:uuid}/known/new", needs=Permission.CONTACT_LOG)
def new_fact(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The form for what the customer asked or allowed, was sent, or is protected by."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_party(work.actor)
        found = known.list_facts(work, case, cases.open_key(work, case))
    today = request.now.astimezone(zone_of(case.time_zone or request.actor.time_zone)).date()
    request.sent.fill({"happened_on": f"{today}"})
    return page(
        request,
        "contacts/known.html",
        case=case,
        facts=found,
        kinds=KINDS,
        channels=CHANNELS,
        days=choices.DAYS,
        today=f"{today}",
    )


@post("/cases/{case_id:uuid}/known", needs=Permission.CONTACT_LOG, again=new_fact)
def add_fact(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Write down a fact that the guard looks at."""
    form = request.sent
    kind = form.choice("kind", FactKind)
    channels = tuple(one for one in form.values("channels") if one in set(g.Channel))
    words = form.text("words", required=False, longest=_LONGEST)
    happened_on = form.day("happened_on")
    days, start, end = read_quiet(form) if kind is FactKind.QUIET else ((), 0, DAY_SECONDS)
    form.check()
    terms = Terms(channels, days, start, end, words, request.actor.name)
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        known.record_fact(
            work, case, cases.open_key(work, case), kind, happened_on or request.now.date(), terms
        )
    return redirect(request, f"/cases/{case_id}#may-contact", "Noted. The guard counts it from now on.")


@post("/cases/{case_id:uuid}/known/{fact_id:uuid}/end", needs=Permission.HOLD_LIFT)
def end_fact(request: PortalRequest, case_id: FromPath[UUID], fact_id: FromPath[UUID]) -> Page:
    """Say that a fact does not count any more."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        known.end_fact(work, case, cases.open_key(work, case), ContactFactId(fact_id))
    return redirect(request, f"/cases/{case_id}#may-contact", "It does not count any more.")


def read_quiet(form: Form) -> tuple[tuple[int, ...], int, int]:
    """Days, first second and end of a time at which nobody shall call; no time means the whole day."""
    days = tuple(sorted({int(day) for day in form.values("quiet_days") if day in dict(choices.DAYS)}))
    start = form.clock("quiet_from", required=False)
    end = form.clock("quiet_to", required=False)
    return days, start or 0, DAY_SECONDS if end is None else end


def _asked(request: PortalRequest) -> g.Channel | None:
    """The way asked about; None for all, also where the question makes no sense."""
    query = request.query_params
    said, party, place = query.get("channel", ""), query.get("party", ""), query.get("place", "")
    if said not in set(Channel):
        return None
    return channel_of(
        Channel(said),
        Party(party) if party in set(Party) else Party.CUSTOMER,
        g.Where(place) if place in set(g.Where) else None,
    )


ROUTES = (show_guard, go_on, look_at, new_fact, add_fact, end_fact)
