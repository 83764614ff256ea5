"""`/offers/selection`: all cases that a filter finds are offered at once, after a look at who gets what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from handoff_portal.agencies.actions.directory import show_agency
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.handoffs.actions import choosing, selections
from handoff_portal.handoffs.actions.choosing import Choice
from handoff_portal.handoffs.actions.making import MOST_AGENCIES_AT_ONCE
from handoff_portal.handoffs.actions.selections import MOST_SELECTED, Selection
from handoff_portal.handoffs.model.asking import NAMES, read_filter, write_filter
from handoff_portal.handoffs.model.choosing import preselected
from handoff_portal.handoffs.model.splitting import WHY_WORDS, Plan, SplitBy
from handoff_portal.handoffs.pages import offering
from handoff_portal.handoffs.pages.offering import Course, read_course
from handoff_portal.handoffs.pages.splits import SPLITS, misfits_csv, parts_of, read_split
from handoff_portal.handoffs.pages.terms import (
    BUCKET_WORDS,
    PLACES,
    beginning,
    order_options,
    read_shares,
    read_terms,
)
from handoff_portal.web.downloads import attachment
from handoff_portal.web.formats import plural, write_datetime
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LISTED = 20
_LONGEST_NAME = 100


@get("/offers/selection", needs=Permission.OFFER_MAKE)
def begin(request: PortalRequest) -> Page:
    """The form for everything that the filter of the queue finds."""
    return _form(request)


@post("/offers/selection", needs=Permission.OFFER_MAKE, again=begin)
def choose(request: PortalRequest) -> Page:
    """Show who gets what, give the misfits as a file, or offer as it was shown."""
    form = request.sent
    if form.value("find"):
        return _form(request)
    agencies = _agencies(request)
    split = read_split(form, agencies)
    form.check()
    course = read_course(form, agencies)
    with request.work() as work:
        found = selections.select(work, _wanted(request), course.room(_wanted(request)))
        plan = selections.plan_offers(work, found.cases, agencies, split, course.dealt)
        names = {agency: show_agency(work, agency).name for agency in agencies}
    if form.value("go") == "csv":
        return attachment("not-offered.csv", "text/csv", misfits_csv(plan.misfits, names))
    if form.value("go") != "offer" or form.value("seen") != plan.mark:
        return _form(request, plan, changed=form.value("go") == "offer")
    return _offer(request, plan, agencies, course, len(found.cases))


def _offer(request: PortalRequest, plan: Plan, agencies: Sequence[OrgId], course: Course, taken: int) -> Page:
    form, zone = request.sent, request.actor.time_zone
    terms, shares = read_terms(form, zone, request.now), read_shares(form, agencies)
    if form.errors:
        return _form(request, plan)
    part, rest = plan.parted(selections.PART)
    try:
        selections.require_size(plan)
        with request.work() as work:
            made = selections.offer_plan(work, part, terms, shares)
    except Invalid as refusal:
        form.errors.update(refusal.errors)
        return _form(request, plan)
    course = course.after(plan, taken, made)
    if rest.pairs:
        return offering.show(request, rest, course)
    takers = plural(len(course.dealt), "agency", "agencies")
    said = f"{plural(course.done, 'case')} offered to {takers}. "
    left = plural(course.out, "case was", "cases were") if course.out else ""
    more = f"{left} left out. " if left else ""
    until = write_datetime(terms.expires_at, zone)
    return redirect(request, "/offers", f"{said}{more}They see bands only and can answer until {until}.")


def _form(request: PortalRequest, plan: Plan | None = None, *, changed: bool = False) -> Page:
    form = request.sent
    wanted, words = _wanted(request), form.value("q_agency").strip()[:_LONGEST_NAME]
    with request.work() as work:
        found = selections.select(work, wanted)
        choice = choosing.candidates(work, found.cases, words, _agencies(request))
    if not form.names():
        _begin(request, choice)
    by = SplitBy(form.value("split")) if form.value("split") in set(SplitBy) else SplitBy.EVERY
    status = 422 if form.errors else 200
    context = _shown(request, found, choice, plan, by)
    return page(request, "handoffs/selection.html", status, **context, changed=changed)


def _begin(request: PortalRequest, choice: Choice) -> None:
    ticked = [str(agency) for agency in preselected(choice.candidates)]
    first = {
        **beginning(request.now, request.actor.time_zone),
        "agency": ticked,
        "split": SplitBy.EVERY.value,
    }
    request.sent.fill(first)


def _shown(
    request: PortalRequest, found: Selection, choice: Choice, plan: Plan | None, by: SplitBy
) -> dict[str, Any]:
    form = request.sent
    ticked = form.values("agency")
    names = {one.card.id: one.card.name for one in choice.candidates}
    suiting = [one for one in choice.candidates if one.suits]
    chosen = [agency for agency in _agencies(request) if agency in names]
    return {
        "wanted": _wanted(request),
        "keep": write_filter(_wanted(request)),
        "found": found,
        "totals": _totals(found.cases),
        "most_cases": MOST_SELECTED,
        "most": MOST_AGENCIES_AT_ONCE,
        "suiting": suiting,
        "others": [one for one in choice.candidates if not one.suits],
        "ticked": ticked,
        "chosen": [(str(agency), agency.hex, names[agency]) for agency in chosen],
        "more": choice.more,
        "words": form.value("q_agency"),
        "splits": SPLITS,
        "by": by,
        "parts": parts_of(found.cases, by) if by in {SplitBy.COUNTRY, SplitBy.AMOUNT} else [],
        "countries": parts_of(found.cases, SplitBy.COUNTRY),
        "plan": plan,
        "given": _given(plan, names) if plan else [],
        "mark": plan.mark if plan else "",
        "misfits": plan.misfits[:_LISTED] if plan else (),
        "names": names,
        "why_words": WHY_WORDS,
        "orders": order_options(),
        "buckets": [(bucket.value, name) for bucket, name in BUCKET_WORDS.items()],
        "places": PLACES,
        "shares_open": any(form.value(f"share_{agency.hex}") for agency in names),
    }


def _given(plan: Plan, names: dict[OrgId, str]) -> list[tuple[str, int, list[tuple[int, str]]]]:
    """For each agency how many cases it is offered, and what is open in them."""
    agencies = dict.fromkeys(agency for _, agency in plan.pairs)
    return [
        (names[agency], len(cases), _totals(cases))
        for agency in agencies
        if (cases := plan.of_agency(agency))
    ]


def _totals(cases: Iterable[Case]) -> list[tuple[int, str]]:
    sums: dict[str, int] = defaultdict(int)
    for case in cases:
        sums[case.currency or ""] += case.balance.total
    return [(minor, currency) for currency, minor in sorted(sums.items())]


def _wanted(request: PortalRequest) -> Wanted:
    sent = request.sent
    return read_filter({name: sent.value(name) or request.query_params.get(name, "") for name in NAMES})


def _agencies(request: PortalRequest) -> list[OrgId]:
    found = []
    for typed in request.sent.values("agency"):
        try:
            found.append(OrgId(UUID(typed)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


ROUTES = (begin, choose)
