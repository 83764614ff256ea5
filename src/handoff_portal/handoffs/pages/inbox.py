"""`/offers`: what an agency was offered, or what a business offers, case by case."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from handoff_portal.cases.actions import finding
from handoff_portal.core.ids import CaseId, OfferId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.references import reference_of
from handoff_portal.handoffs.actions import reading
from handoff_portal.handoffs.actions.reading import Offered
from handoff_portal.handoffs.model.offer import DECLINE_WORDS, OfferState
from handoff_portal.handoffs.pages.shown import outline
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

SIZE = 25
ALL = "all"
K = TypeVar("K")
CHIPS = {
    OfferState.OPEN: "Waiting",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.WITHDRAWN: "Withdrawn",
    OfferState.LAPSED: "Ended unanswered",
    OfferState.LOST: "Taken by another agency",
}


@get("/offers", needs=Permission.OFFER_READ)
def offers(request: PortalRequest) -> Page:
    """The agency's inbox, or the business's overview."""
    if request.actor.org_kind is OrgKind.AGENCY:
        return _received(request)
    return _made(request)


def _received(request: PortalRequest) -> Page:
    state = _state(request)
    after = _key(request, lambda parts: (datetime.fromisoformat(parts[0]), OfferId(UUID(parts[1]))))
    with request.work() as work:
        found = reading.list_received(work, state, after, SIZE)
    last = found[SIZE - 1].offer if len(found) > SIZE else None
    following = _next(state, last.terms.expires_at.isoformat(), last.id) if last else None
    return page(
        request,
        "handoffs/inbox.html",
        lines=[(one, outline(one.offer)) for one in found[:SIZE]],
        following=following,
        chips=_chips(state),
        state=state,
        paged=after is not None,
        reasons=DECLINE_WORDS,
    )


def _made(request: PortalRequest) -> Page:
    state = _state(request)
    after = _key(
        request,
        lambda parts: (datetime.fromisoformat(parts[0]), CaseId(UUID(parts[1])), OfferId(UUID(parts[2]))),
    )
    with request.work() as work:
        asked = reading.list_unanswered(work) if after is None else []
        found = reading.list_made(work, state, after, SIZE)
        own = finding.headings_of(work, [one.offer.case for one in [*asked, *found]])
    last = found[SIZE - 1].offer if len(found) > SIZE else None
    following = _next(state, last.made_at.isoformat(), last.case, last.id) if last else None
    return page(
        request,
        "handoffs/made.html",
        asked=[(one, reference_of(one.offer.case)) for one in asked],
        own={case: heading.creditor_reference for case, heading in own.items()},
        groups=_by_case(found[:SIZE]),
        following=following,
        chips=_chips(state),
        state=state,
        paged=after is not None,
        reasons=DECLINE_WORDS,
    )


def _by_case(found: list[Offered]) -> list[tuple[CaseId, object, list[Offered]]]:
    together = groupby(found, key=lambda one: (one.offer.case, one.offer.made_at))
    groups = [(case, list(group)) for (case, _), group in together]
    return [(case, outline(group[0].offer), group) for case, group in groups]


def _state(request: PortalRequest) -> OfferState | None:
    """The chosen state: those that wait unless told otherwise, None for all."""
    typed = request.query_params.get("state", OfferState.OPEN.value)
    if typed == ALL:
        return None
    return OfferState(typed) if typed in set(OfferState) else OfferState.OPEN


def _chips(chosen: OfferState | None) -> list[dict[str, object]]:
    return [
        {
            "label": words,
            "active": state is chosen,
            "href": f"/offers?state={ALL if state is chosen else state.value}",
        }
        for state, words in CHIPS.items()
    ]


def _key(request: PortalRequest, read: Callable[[list[str]], K]) -> K | None:
    """The place after which the page begins; an unreadable one is the beginning."""
    try:
        return read(request.query_params.get("after", "").split("~"))
    except (ValueError, IndexError):
        return None


def _next(state: OfferState | None, *key: object) -> str:
    return "/offers?" + urlencode({"state": state.value if state else ALL, "after": "~".join(map(str, key))})


ROUTES = (offers,)
