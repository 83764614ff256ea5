"""`/offers/new` and `/cases/{id}/offer`: which agencies get the chosen cases, on which terms, until when."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.jurisdictions import place_name, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.handoffs.actions import choosing
from handoff_portal.handoffs.actions.choosing import Choice, Chosen
from handoff_portal.handoffs.actions.making import MOST_AGENCIES_AT_ONCE, offer_cases
from handoff_portal.handoffs.model.choosing import preselected
from handoff_portal.handoffs.pages.shown import CLAIM_WORDS, CUSTOMER_WORDS
from handoff_portal.handoffs.pages.terms import (
    BUCKET_WORDS,
    PLACES,
    beginning,
    order_options,
    read_shares,
    read_terms,
)
from handoff_portal.web.formats import plural, write_datetime
from handoff_portal.web.forms import Form
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

LONGEST_NAME = 100


@get("/offers/new", needs=Permission.OFFER_MAKE)
def new(request: PortalRequest) -> Page:
    """The form for one or several cases, named in the query or in the form itself."""
    return _form(request, "/offers/new", _ids(request, "case"))


@post("/offers/new", needs=Permission.OFFER_MAKE, again=new)
def offer(request: PortalRequest) -> Page:
    """Offer the chosen cases to the chosen agencies, or look for more agencies."""
    if request.sent.value("find"):
        return _form(request, "/offers/new", _ids(request, "case"))
    return _make(request, _ids(request, "case"), "/offers")


@get("/cases/{case_id:uuid}/offer", needs=Permission.OFFER_MAKE)
def new_of_case(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The form for one case."""
    return _form(request, f"/cases/{case_id}/offer", [case_id])


@post("/cases/{case_id:uuid}/offer", needs=Permission.OFFER_MAKE, again=new_of_case)
def offer_case(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Offer one case to the chosen agencies, or look for more agencies."""
    if request.sent.value("find"):
        return _form(request, f"/cases/{case_id}/offer", [case_id])
    return _make(request, [case_id], f"/cases/{case_id}")


def _form(request: PortalRequest, action: str, wanted: Sequence[UUID]) -> Page:
    form = request.sent
    words = form.value("q").strip()[:LONGEST_NAME]
    if not wanted:
        return page(request, "handoffs/nothing_chosen.html", 422 if form.errors else 200)
    with request.work() as work:
        chosen = choosing.choose_cases(work, [CaseId(case) for case in wanted])
        choice = choosing.candidates(work, chosen.ready, words, [OrgId(a) for a in _ids(request, "agency")])
    if not form.names():
        _begin(request, choice)
    context = _shown(form, action, chosen, choice, words)
    return page(request, "handoffs/new.html", 200, **context)


def _begin(request: PortalRequest, choice: Choice) -> None:
    asked = request.query_params.getall("agency", [])
    ticked = asked or [str(agency) for agency in preselected(choice.candidates)]
    request.sent.fill({**beginning(request.now, request.actor.time_zone), "agency": ticked})


def _shown(form: Form, action: str, chosen: Chosen, choice: Choice, words: str) -> dict[str, object]:
    suiting = [one for one in choice.candidates if one.suits]
    others = [one for one in choice.candidates if not one.suits]
    ticked = form.values("agency")
    return {
        "action": action,
        "cases": chosen.ready,
        "left_out": chosen.left_out,
        "totals": _totals(chosen),
        "suiting": suiting,
        "others": others,
        "others_open": bool(not suiting or words or {str(one.card.id) for one in others} & set(ticked)),
        "shares_open": any(form.value(f"share_{one.card.id.hex}") for one in choice.candidates),
        "more": choice.more,
        "words": words,
        "ticked": ticked,
        "orders": order_options(),
        "buckets": [(bucket.value, name) for bucket, name in BUCKET_WORDS.items()],
        "places": PLACES,
        "place_names": {
            case.id: place_name(place_of(case.country or "", case.region)) for case in chosen.ready
        },
        "claims": CLAIM_WORDS,
        "customers": CUSTOMER_WORDS,
        "most": MOST_AGENCIES_AT_ONCE,
    }


def _place(case: Case) -> str:
    return place_name(place_of(case.country or "", case.region))


def _totals(chosen: Chosen) -> list[tuple[int, str]]:
    """What is open, in minor units of each currency."""
    sums: dict[str, int] = defaultdict(int)
    for case in chosen.ready:
        sums[case.currency or ""] += case.balance.total
    return [(minor, currency) for currency, minor in sorted(sums.items())]


def _make(request: PortalRequest, wanted: Sequence[UUID], then: str) -> Page:
    form, zone = request.sent, request.actor.time_zone
    agencies = list(dict.fromkeys(OrgId(agency) for agency in _ids(request, "agency")))
    terms = read_terms(form, zone, request.now)
    shares = read_shares(form, agencies)
    if not agencies:
        form.refuse("agency", "Choose at least one agency.")
    form.check()
    with request.work() as work:
        made = offer_cases(work, [CaseId(case) for case in wanted], agencies, terms, shares)
    cases = plural(len({one.case for one in made}), "case")
    said = f"{cases} offered to {plural(len(agencies), 'agency', 'agencies')}. "
    until = write_datetime(terms.expires_at, zone)
    return redirect(
        request, then, said + f"They see bands only, never who the customer is, and can answer until {until}."
    )


def _ids(request: PortalRequest, name: str) -> list[UUID]:
    """The ids sent under a name, in the form or in the query; what is no id is left out."""
    sent = request.sent.values(name) or request.query_params.getall(name, [])
    found = []
    for typed in sent:
        try:
            found.append(UUID(typed))
        except ValueError:
            continue
    return found


ROUTES = (new, offer, new_of_case, offer_case)
