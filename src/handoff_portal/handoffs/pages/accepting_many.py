"""`/offers/accept`: many offers are accepted at once, and each ending is told."""

from collections import Counter
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from handoff_portal.core.ids import NOBODY, OfferId, OrgId
from handoff_portal.core.jurisdictions import country_names
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.handoffs.actions import accepting
from handoff_portal.handoffs.actions.accepting import ENDING_WORDS, MOST_ACCEPTED, Choice, Ending
from handoff_portal.handoffs.pages.shown import outline
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LISTED = 25


@get("/offers/accept", needs=Permission.OFFER_ANSWER)
def look(request: PortalRequest) -> Page:
    """What would be accepted, and what a licence is missing for."""
    choice = _choice(request)
    with request.work() as work:
        waiting = accepting.look(work, choice)
        now = work.now
    names = country_names()
    groups = [
        {
            "label": f"{name}, {names.get(country, country)}",
            "href": _address(None if _is(choice, org, country) else org, country),
            "active": _is(choice, org, country),
            "count": f"{number:,}",
        }
        for org, name, country, number in waiting.groups
    ]
    return page(
        request,
        "handoffs/accept_many.html",
        422 if request.sent.errors else 200,
        choice=choice,
        waiting=waiting,
        fitting=[(one, outline(one.offer)) for one in waiting.fitting[:_LISTED]],
        hindered=[(one, outline(one.offer)) for one in waiting.hindered[:_LISTED]],
        groups=groups if not choice.offers else [],
        seen_at=now.isoformat(),
        most=MOST_ACCEPTED,
    )


@post("/offers/accept", needs=Permission.OFFER_ANSWER, again=look)
def accept(request: PortalRequest) -> Page:
    """Take what can be taken, and say of each offer what became of it."""
    done = accepting.accept_many(request.portal.database, request.actor, _choice(request))
    counts = Counter(one.ending for one in done)
    return page(
        request,
        "handoffs/accepted_many.html",
        done=[(one, reference_of(one.offer.case)) for one in done],
        counts=[(ending, counts[ending]) for ending in Ending if counts[ending]],
        words=ENDING_WORDS,
        won=counts[Ending.WON],
        total=len(done),
    )


def _choice(request: PortalRequest) -> Choice:
    """What is asked for; what cannot be understood finds nothing, rather than everything."""
    sent, query = request.sent, request.query_params
    business = sent.value("business") or query.get("business", "")
    return Choice(
        before=_moment(sent.value("seen_at")) or request.now,
        offers=tuple(OfferId(_id(typed)) for typed in sent.values("offer") or query.getall("offer", [])),
        business=OrgId(_id(business)) if business else None,
        country=(sent.value("country") or query.get("country", "")).upper()[:2],
    )


def _address(business: OrgId | None, country: str) -> str:
    return "/offers/accept" + (
        f"?{urlencode({'business': business, 'country': country})}" if business else ""
    )


def _is(choice: Choice, business: OrgId, country: str) -> bool:
    return (choice.business, choice.country) == (business, country)


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return NOBODY


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo else None


ROUTES = (look, accept)
