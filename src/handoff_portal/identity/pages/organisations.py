"""Organisations, for the operator."""

from handoff_portal.core.jurisdictions import country_choices
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.sectors import Sector, sector_choices
from handoff_portal.identity.actions.people import add_organisation_with_admin, list_all_organisations
from handoff_portal.identity.pages.choices import KIND_WORDS, currency_choices, kind_choices, zone_choices
from handoff_portal.identity.pages.ways import confirmed, own_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/organisations", needs=Permission.ORGANISATION_ADD)
def list_organisations(request: PortalRequest) -> Page:
    """All businesses, agencies and the operator."""
    with request.work() as work:
        found = list_all_organisations(work)
    return page(
        request,
        "identity/organisations.html",
        organisations=found,
        kinds=KIND_WORDS,
        countries=dict(country_choices()),
    )


@get("/organisations/new", needs=Permission.ORGANISATION_ADD)
@confirmed(own_path)
def show_new(request: PortalRequest) -> Page:
    """The form for an organisation and its first administrator."""
    request.actor.require_fresh(request.now)
    return page(
        request,
        "identity/organisation_new.html",
        kinds=kind_choices(),
        countries=country_choices(),
        zones=zone_choices(),
        currencies=currency_choices(),
        sectors=sector_choices(),
    )


@post("/organisations/new", needs=Permission.ORGANISATION_ADD, again=show_new)
@confirmed(own_path)
def add(request: PortalRequest) -> Page:
    """Add an organisation and mail its first administrator a link."""
    form = request.sent
    kind, name = form.choice("kind", OrgKind), form.text("name", shortest=2, longest=120)
    country, zone = (
        _listed(request, "country", country_choices()),
        _listed(request, "time_zone", zone_choices()),
    )
    currency = _listed(request, "currency", currency_choices())
    sector = form.choice("sector", Sector)
    admin_name, admin_email = form.text("admin_name", shortest=2, longest=120), form.email("admin_email")
    form.check()
    with request.gate() as work:
        add_organisation_with_admin(
            work,
            kind,
            name,
            country=country,
            time_zone=zone,
            currency=currency,
            sector=sector.value,
            admin_email=admin_email,
            admin_name=admin_name,
        )
    return redirect(request, "/organisations", f"{name} is added. {admin_name} gets a mail with a link.")


def _listed(request: PortalRequest, name: str, choices: list[tuple[str, str]]) -> str:
    """One of a list of choices."""
    typed = request.sent.text(name)
    if typed and typed not in dict(choices):
        request.sent.refuse(name, "Please choose one from the list.")
    return typed


ROUTES = (list_organisations, show_new, add)
