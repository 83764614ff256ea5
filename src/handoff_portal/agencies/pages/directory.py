"""The directory of agencies, one agency, and its own description of itself."""

from urllib.parse import urlencode
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.agencies.actions.directory import (
    PAGE,
    edit_profile,
    list_agencies,
    own_profile,
    show_agency,
)
from handoff_portal.agencies.actions.respect import respect_of_agencies
from handoff_portal.agencies.model.profile import (
    AgencyCard,
    DirectoryFilters,
    LicenceFilter,
    Profile,
    coverage,
)
from handoff_portal.agencies.pages.shown import ShownAgency, shown_agency
from handoff_portal.core.ids import OrgId
from handoff_portal.core.jurisdictions import country_choices, country_names, country_of
from handoff_portal.core.licence_rules import RULES
from handoff_portal.core.permissions import Permission
from handoff_portal.core.sectors import Sector, sector_choices
from handoff_portal.web.forms import Form
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LONGEST_TEXT = 2000
_MOST_COUNTRIES = 60
REVIEWED = frozenset({country_of(place) for place in RULES})
LICENCE_CHOICES = (
    (LicenceFilter.VALID.value, "Has a valid licence"),
    (LicenceFilter.WAITING.value, "Has a licence being checked"),
    (LicenceFilter.NONE.value, "Has no valid licence"),
)


@get("/agencies", needs=Permission.DIRECTORY_READ)
def directory(request: PortalRequest) -> Page:
    """All agencies, narrowed by country, sector, licence and name."""
    looked = Form({name: [str(value)] for name, value in request.query_params.items()})
    with request.work() as work:
        cards = list_agencies(work, _filters(looked))
        respect = respect_of_agencies(work, [card.id for card in cards[:PAGE]])
    return page(
        request,
        "agencies/directory.html",
        looked=looked,
        agencies=[shown_agency(card, request.now) for card in cards[:PAGE]],
        respects=respect,
        filtered=any(looked.value(name) for name in ("q", "country", "sector", "licence")),
        next_page=_next(looked, cards),
        countries=country_choices(),
        sectors=sector_choices(),
        licences=LICENCE_CHOICES,
    )


@get("/agencies/{agency_id:uuid}", needs=Permission.DIRECTORY_READ)
def show(request: PortalRequest, agency_id: FromPath[UUID]) -> Page:
    """One agency: its own words, what it may collect where, its licences and reports."""
    with request.work() as work:
        card = show_agency(work, OrgId(agency_id))
        respect = respect_of_agencies(work, [card.id]).get(card.id)
    agency: ShownAgency = shown_agency(card, request.now)
    return page(
        request,
        "agencies/show.html",
        agency=agency,
        coverage=coverage(card, request.now),
        respect=respect,
        own=card.id == request.actor.org and request.actor.may(Permission.LICENCE_EDIT),
    )


@get("/agencies/{agency_id:uuid}/edit", needs=Permission.LICENCE_EDIT)
def edit(request: PortalRequest, agency_id: FromPath[UUID]) -> Page:
    """The form in which an agency describes itself."""
    with request.work() as work:
        card = own_profile(work, OrgId(agency_id))
    if not request.sent.names():
        _fill(request.sent, card.profile)
    known = [(code, name) for code, name in country_choices() if code in REVIEWED]
    more = [pair for pair in country_choices() if pair not in known]
    return page(
        request,
        "agencies/edit.html",
        agency=card,
        known=known,
        more=more,
        more_chosen=not {code for code, _ in more}.isdisjoint(request.sent.values("countries")),
        sectors=sector_choices(),
    )


@post("/agencies/{agency_id:uuid}/edit", needs=Permission.LICENCE_EDIT, again=edit)
def save(request: PortalRequest, agency_id: FromPath[UUID]) -> Page:
    """Store how the agency describes itself."""
    form = request.sent
    website = form.text("website", required=False)
    if website and not website.startswith("https://"):
        form.refuse("website", "Give the whole address; it starts with https://.")
    profile = Profile(
        agency=OrgId(agency_id),
        about=form.text("about", longest=_LONGEST_TEXT),
        sectors=tuple(Sector(code) for code in form.values("sectors") if code in set(Sector)),
        countries=tuple(_countries(form)),
        values_statement=form.text("values_statement", longest=_LONGEST_TEXT),
        website=website,
    )
    form.check()
    with request.work() as work:
        edit_profile(work, profile, attests=form.flag("attests"))
    return redirect(request, f"/agencies/{agency_id}", "Your profile is saved. Businesses see it at once.")


def _countries(form: Form) -> list[str]:
    chosen = [code for code in form.values("countries") if code]
    if not chosen:
        form.refuse("countries", "Choose at least one country.")
    if len(chosen) > _MOST_COUNTRIES or not set(chosen) <= set(country_names()):
        form.refuse("countries", "Choose countries from the list.")
    return sorted(set(chosen))


def _fill(form: Form, profile: Profile) -> None:
    form.fill(
        {
            "about": profile.about,
            "sectors": [sector.value for sector in profile.sectors],
            "countries": list(profile.countries),
            "values_statement": profile.values_statement,
            "website": profile.website,
            "attests": "yes" if profile.conduct_attested_at else "",
        }
    )


def _filters(looked: Form) -> DirectoryFilters:
    """What was asked for; values that do not exist are passed over, because anybody can write an address."""
    sector, licence, country = (looked.value(name) for name in ("sector", "licence", "country"))
    return DirectoryFilters(
        country=country if country in country_names() else "",
        sector=Sector(sector) if sector in set(Sector) else None,
        licence=LicenceFilter(licence) if licence in set(LicenceFilter) else None,
        words=looked.value("q").replace("\x00", "").strip()[:80],
        after=_after(looked),
    )


def _after(looked: Form) -> tuple[str, OrgId] | None:
    name, found = looked.value("after").replace("\x00", ""), looked.value("after_id")
    try:
        return (name, OrgId(UUID(found))) if found else None
    except ValueError:
        return None


def _next(looked: Form, cards: list[AgencyCard]) -> str:
    if len(cards) <= PAGE:
        return ""
    last = cards[PAGE - 1]
    kept = {name: looked.value(name) for name in ("q", "country", "sector", "licence") if looked.value(name)}
    return "/agencies?" + urlencode({**kept, "after": last.name, "after_id": str(last.id)})


ROUTES = (directory, show, edit, save)
