"""The queue of cases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from handoff_portal.cases.actions import finding
from handoff_portal.cases.model.case import STATE_WORDS, CaseState, Turn
from handoff_portal.cases.model.listing import Line, Sort, Wanted
from handoff_portal.contacts.actions import calling
from handoff_portal.contacts.model.calling import Call, CallState
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.jurisdictions import country_names
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.desk.model.person import show_heading
from handoff_portal.desk.model.queue import Chip, Shown, address, is_filtered, read_wanted, start
from handoff_portal.desk.model.turns import days_overdue, is_mine
from handoff_portal.handoffs.actions import selections
from handoff_portal.handoffs.model.asking import write_filter
from handoff_portal.web.formats import zone_of
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

_STATES = (CaseState.DRAFT, CaseState.READY, CaseState.OFFERED, CaseState.HELD, CaseState.CLOSED)
_SORTS = (
    (Sort.RECENT, "Last changed"),
    (Sort.DEADLINE, "Deadline"),
    (Sort.AMOUNT, "Amount open"),
)


@get("/cases", needs=Permission.CASE_READ)
def queue(request: PortalRequest) -> Page:
    """One page of the queue."""
    wanted = read_wanted(request.query_params)
    with request.work() as work:
        if wanted.call_now:
            wanted = replace(wanted, call_basis=calling.current_basis(work))
        found = finding.list_cases(work, wanted)
        calls = calling.calls_of(work, found.lines)
        countries = finding.list_countries(work)
        offerable = selections.count_offerable(work, wanted)
    here = start(wanted)
    return page(
        request,
        "desk/queue.html",
        wanted=wanted,
        lines=_lines(request, wanted, found.lines, calls),
        calls=bool(calls) or wanted.call_now,
        filtered=is_filtered(wanted),
        offerable=offerable,
        offer_all=_offer_all(wanted),
        chips=_chips(here, request.actor),
        countries=_countries(here, countries),
        sorts=[Chip(words, address(replace(here, sort=sort)), sort is wanted.sort) for sort, words in _SORTS],
        keep=_kept(here),
        following=address(replace(here, after=found.following)) if found.following else None,
        preceding=address(replace(here, before=found.preceding)) if found.preceding else None,
        by_amount=address(replace(here, sort=Sort.AMOUNT)),
        by_deadline=address(replace(here, sort=Sort.DEADLINE)),
    )


def _lines(
    request: PortalRequest, wanted: Wanted, found: Sequence[Line], calls: Mapping[CaseId, Call]
) -> list[Shown]:
    """The lines of a page; of those to be called now, what was only worked out now may fall out."""
    today = request.now.astimezone(zone_of(request.actor.time_zone)).date()
    lines = [_shown(line, request.actor, today, calls.get(line.case.id)) for line in found]
    if not wanted.call_now:
        return lines
    return [line for line in lines if line.call is None or line.call.state is CallState.NOW]


def _shown(line: Line, actor: Actor, today: date, call: Call | None) -> Shown:
    case = line.case
    business = actor.org_kind is OrgKind.BUSINESS
    return Shown(
        case=case,
        name=show_heading(line.heading, revealed=business),
        own_reference=line.heading.creditor_reference if line.heading else "",
        state=STATE_WORDS[case.state],
        mine=is_mine(case, actor.org_kind) and case.state is not CaseState.CLOSED,
        waits=case.turn is not Turn.NOBODY and case.state is not CaseState.CLOSED,
        other="agency" if business else "business",
        overdue=days_overdue(case, today),
        on_hold=line.on_hold,
        call=call,
    )


def _chips(here: Wanted, actor: Actor) -> list[Chip]:
    """Your turn and on hold for everybody; states for the business, which has cases in all of them."""
    chips = [
        Chip("Your turn", address(replace(here, my_turn=not here.my_turn)), here.my_turn),
        Chip("On hold", address(replace(here, on_hold=not here.on_hold)), here.on_hold),
    ]
    if actor.org_kind is OrgKind.AGENCY:
        active = here.call_now
        chips.append(Chip("May call now", address(replace(here, call_now=not active)), active))
    if actor.org_kind is OrgKind.BUSINESS:
        for state in _STATES:
            active = here.state is state
            chosen = replace(here, state=None if active else state)
            words = STATE_WORDS[state].removeprefix("a ")
            chips.append(Chip(words.capitalize(), address(chosen), active))
    if here.portfolio:
        chips.append(Chip("From this portfolio", address(replace(here, portfolio=None)), active=True))
    return chips


def _countries(here: Wanted, codes: list[str]) -> list[Chip]:
    """A chip per country, where there is more than one."""
    if len(codes) < 2 and not here.country:  # noqa: PLR2004 - one country needs no filter
        return []
    names = country_names()
    known = sorted(
        {*codes, *([here.country] if here.country else [])}, key=lambda code: names.get(code, code)
    )
    return [
        Chip(
            names.get(code, code),
            address(replace(here, country="" if code == here.country else code)),
            code == here.country,
        )
        for code in known
    ]


def _offer_all(wanted: Wanted) -> str:
    """The address where everything that the filter finds can be offered at once."""
    said = urlencode(write_filter(wanted))
    return f"/offers/selection?{said}" if said else "/offers/selection"


def _kept(here: Wanted) -> list[tuple[str, str]]:
    """What the search form carries along."""
    parts = {
        "state": here.state.value if here.state else "",
        "turn": "mine" if here.my_turn else "",
        "hold": "yes" if here.on_hold else "",
        "call": "now" if here.call_now else "",
        "country": here.country,
        "portfolio": str(here.portfolio or ""),
        "sort": here.sort.value if here.sort is not Sort.RECENT else "",
    }
    return [(name, value) for name, value in parts.items() if value]


ROUTES = (queue,)
