"""The log itself: who did what to which case when, drawn by day, and checked at a press."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff_portal.audit.actions import keeping, reading, testimony
from handoff_portal.audit.model import Found, Spoken, Testimony, Waiting, Wanted
from handoff_portal.core.events import Action
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import read_reference, reference_of
from handoff_portal.web.forms import Form
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Open, Page, get, post

FILTERS = ("case", "person", "organisation", "action", "since", "until")
VOUCHING = {Spoken.TIMESTAMP: "Time stamp", Spoken.COSIGNATURE: "Witness"}
STAMPS_LATE = timedelta(hours=3)
TOO_MANY_TO_CHECK_HERE = 300_000


@get("/audit", needs=Permission.AUDIT_READ)
def log(request: PortalRequest) -> Page:
    """Search and read."""
    form = Form({name: [value] for name, value in request.query_params.items() if isinstance(value, str)})
    wanted = read_wanted(form, request.actor.time_zone)
    before = form.number("before", most=2**62, default=0) or None
    with request.work() as work:
        answer = reading.search_log(work, wanted, before)
    database = request.portal.database
    health, given = keeping.health(database), testimony.given(database)
    last = answer.events[-1].id if answer.events and answer.more else None
    kept = {name: form.value(name) for name in FILTERS if form.value(name)}
    return page(
        request,
        "audit/log.html",
        asked=form,
        filtered=bool(kept),
        points=[(f"{day:%-d %b}", number) for day, number in answer.days],
        picture=f"{sum(number for _, number in answer.days):,} events in the last 30 days",
        rows=[_row(event, answer) for event in answer.events],
        actions=[(action.value, words(action.value)) for action in Action],
        older=f"?{urlencode({**kept, 'before': last})}" if last else None,
        newest=f"?{urlencode(kept)}" if before else None,
        export_href=f"/audit/export?{urlencode(kept)}",
        health=health,
        outsiders=[(VOUCHING[one.kind], one) for one in given],
        stamps_late=_stamps_late(request, health, given),
        checkpoint=reading.newest_checkpoint(database),
        problem=keeping.freshness(database),
    )


@post("/audit/check", needs=Permission.AUDIT_READ)
def check(request: PortalRequest) -> Page:
    """Check the whole log now and say what was found."""
    portal = request.portal
    size = keeping.health(portal.database).size
    if size > TOO_MANY_TO_CHECK_HERE:
        say = f"{size:,} entries take a while: run “handoff-portal audit check” on the server instead."
        return redirect(request, "/audit", say, "info")
    key = keeping.log_key(portal.vault, portal.settings.log_name)
    problems = keeping.check_everything(portal.database, key, portal.anchor)
    with request.work() as work:
        reading.record_check(work, problems, size)
    return page(request, "audit/checked.html", problems=problems, size=size)


@get("/audit/how", needs=Open.EVERYBODY)
def how(request: PortalRequest) -> Page:
    """How a stranger checks an export, in plain words."""
    portal = request.portal
    key = keeping.log_key(portal.vault, portal.settings.log_name)
    return page(request, "audit/how.html", vkey=key.verifier.vkey(), origin=key.origin)


def _stamps_late(request: PortalRequest, health: Waiting, given: Sequence[Testimony]) -> bool:
    """Whether an authority is set and the newest stamp is too old, while the log grew."""
    if not request.portal.settings.timestamp_url:
        return False
    stamps = [one for one in given if one.kind == Spoken.TIMESTAMP]
    newest = max(stamps, key=lambda one: one.size, default=None)
    if newest is None:
        return health.signed_size > 0
    return newest.size < health.signed_size and request.now - newest.stored_at > STAMPS_LATE


def read_wanted(form: Form, zone: str) -> Wanted:
    """The search as its fields say; what cannot be read is marked in the form and does not narrow."""
    reference = read_reference(form.value("case")) or ""
    if form.value("case").strip() and not reference:
        form.refuse("case", "A case reference looks like HP-7F3K2-Q9D4M.")
    since, until = form.day("since", required=False), form.day("until", required=False)
    return Wanted(
        reference=reference,
        org=_id(form, "organisation"),
        person=_id(form, "person"),
        action=form.value("action") if form.value("action") in set(Action) else "",
        since=datetime.combine(since, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC) if since else None,
        until=_day_after(until, zone) if until else None,
    )


def words(action: str) -> str:
    """An action as people read it: `case.accepted` is “Case accepted”."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _day_after(day: date, zone: str) -> datetime:
    following = day + timedelta(days=1)
    return datetime.combine(following, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)


def _id(form: Form, name: str) -> UUID | None:
    typed = form.value(name).strip()
    try:
        return UUID(typed) if typed else None
    except ValueError:
        form.refuse(name, "Choose from the list, or paste the whole id.")
        return None


def _row(event: Found, answer: reading.Answer) -> dict[str, object]:
    names = answer.names
    person = event.person or _named_person(event)
    who = names.people.get(person, "") if person else "The portal"
    return {
        "event": event,
        "what": words(event.action),
        "person": person,
        "who": who or "Somebody of the other side",
        "org": names.organisations.get(event.org, "") if event.org else "",
        "case": reference_of(event.case) if event.case else "",
        "details": [(name.replace("_", " "), value) for name, value in event.details.items()],
    }


def _named_person(event: Found) -> UUID | None:
    """Whom an event of the front door is about: nobody is signed in while somebody signs in."""
    named = event.details.get("person")
    return UUID(named) if isinstance(named, str) else None
