"""Every page of the portal in a real browser: a route without a visit here fails."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from litestar import Litestar

from contact_steps import an_entry
from handoff_builders import a_ready_case, an_agency, an_offer
from handoff_portal.agencies.actions.assurances import record_assurance
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.assurance import AssuranceTerms, Scheme
from handoff_portal.app import build
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.conduct.actions.templates import NewTemplate, write
from handoff_portal.conduct.model.templates import TemplateChannel
from handoff_portal.contacts.actions.contacts import log_contact
from handoff_portal.contacts.actions.holds import open_holds
from handoff_portal.contacts.model.communications import Words
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.guard.book import SHIPPED
from handoff_portal.handoffs.model.offer import Offer
from handoff_portal.identity.model.organisation import Organisation
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.recoveries.model.payments import Payment
from handoff_portal.web.portal import Portal
from journeys.visiting import Site, Visitor
from people import SignedIn, a_colleague, a_person, an_organisation
from portfolios.browsing import in_every_state
from recovery_steps import pay
from security.world import a_request_for_help
from worked_cases import a_worked_case, accounts


@dataclass
class World:
    """Somebody of every kind, and something of everything that a page can show."""

    business: SignedIn
    agency: SignedIn
    officer: SignedIn
    operator: SignedIn
    organisation: Organisation
    draft: Case
    ready: Case
    worked: Case
    offer: Offer
    payment: Payment
    hold: str
    licence: str
    waiting_licence: str
    report: str
    asked: str
    portfolios: dict[State, PortfolioId]
    unkind: str
    template: str


def a_world(portal: Portal) -> World:
    organisation = an_organisation(portal, OrgKind.BUSINESS)
    business = a_person(portal, organisation)
    agency, other = an_agency(portal), an_agency(portal, licensed=False)
    operator = an_organisation(portal, OrgKind.OPERATOR)
    worked = a_worked_case(portal, business, agency, accounts("merlion-supply")[0])
    ready = a_ready_case(portal, business)
    offered = a_ready_case(portal, business)
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
        holds = open_holds(work, worked, cases.open_key(work, worked))
    with portal.database.work(agency.actor) as work:
        licence = licences_of(work, agency.actor.org)[0].id
        terms = AssuranceTerms(
            scheme=Scheme.OSPAR,
            version="2.0",
            auditor="Kinder Audit LLP",
            period_from=date(2025, 1, 1),
            period_to=date(2025, 12, 31),
            scope="All collection services in Singapore",
            exceptions="",
            next_due=date(2027, 1, 31),
        )
        report = record_assurance(work, terms).id
    unkind = an_unkind_contact(portal, worked, agency)
    with portal.database.work(agency.actor) as work:
        template = write(work, NewTemplate("First letter", TemplateChannel.EMAIL, "en", "", TEMPLATE))
    return World(
        unkind=unkind,
        template=str(template),
        business=business,
        agency=agency,
        officer=a_person(portal, operator, Role.COMPLIANCE_OFFICER),
        operator=a_person(portal, operator, Role.OPERATOR_ADMIN),
        organisation=organisation,
        draft=draft,
        ready=ready,
        worked=worked,
        offer=an_offer(portal, business, other, offered),
        payment=pay(portal, agency.actor, worked.id),
        hold=str(holds[0].id),
        licence=str(licence),
        waiting_licence=str(licence),
        report=str(report),
        portfolios=in_every_state(portal, business.actor),
        asked=str(a_request_for_help(portal, a_person(portal, organisation, Role.BUSINESS_MEMBER).actor)),
    )


TEMPLATE = "Dear [name]\n\n{agency} writes for {creditor} about {amount}. {hardship} {welcome}"


def an_unkind_contact(portal: Portal, case: Case, agency: SignedIn) -> str:
    """A contact of a colleague whose words a supervisor should look at."""
    colleague = a_colleague(portal, agency, Role.COLLECTOR)
    with portal.database.work(colleague.actor) as work:
        found = cases.load_case(work, case.id, lock=True)
        words = Words(author=colleague.actor.name, text="Pay by Friday or the police come.")
        entry = an_entry(work.now, words=words)
        return str(log_contact(work, found, cases.open_key(work, found), entry).id)


Visit = tuple[str, Callable[[World], str]]
_BUSINESS, _AGENCY, _OFFICER, _OPERATOR, _STRANGER = "business", "agency", "officer", "operator", "stranger"


def _plain(path: str) -> Callable[[World], str]:
    return lambda _world: path


def _worked(rest: str = "") -> Callable[[World], str]:
    return lambda world: f"/cases/{world.worked.id}{rest}"


def _waiting(rest: str) -> Callable[[World], str]:
    return lambda world: f"/portfolios/{world.portfolios[State.WAITING]}{rest}"


VISITS: dict[str, list[Visit]] = {
    "/": [(who, _plain("/")) for who in (_BUSINESS, _AGENCY, _OFFICER, _OPERATOR)],
    "/account": [(_BUSINESS, _plain("/account"))],
    "/account/authenticator": [(_BUSINESS, _plain("/account/authenticator"))],
    "/account/password": [(_BUSINESS, _plain("/account/password"))],
    "/account/recovery-codes": [(_BUSINESS, _plain("/account/recovery-codes"))],
    "/account/email": [(_BUSINESS, _plain("/account/email")), (_BUSINESS, _plain("/account/email?sent"))],
    "/agencies": [(_BUSINESS, _plain("/agencies"))],
    "/agencies/{agency_id:uuid}": [(_BUSINESS, lambda w: f"/agencies/{w.agency.actor.org}")],
    "/agencies/{agency_id:uuid}/edit": [(_AGENCY, lambda w: f"/agencies/{w.agency.actor.org}/edit")],
    "/audit": [(_OFFICER, _plain("/audit"))],
    "/audit/export": [(_OFFICER, _plain("/audit/export"))],
    "/audit/how": [(_STRANGER, _plain("/audit/how"))],
    "/cases": [(_BUSINESS, _plain("/cases")), (_AGENCY, _plain("/cases?sort=deadline"))],
    "/cases/new": [(_BUSINESS, _plain("/cases/new"))],
    "/cases/{case_id:uuid}": [(_BUSINESS, _worked()), (_AGENCY, _worked())],
    "/cases/{case_id:uuid}/templates": [(_AGENCY, _worked("/templates"))],
    "/conduct": [(_AGENCY, _plain("/conduct"))],
    "/conduct/notes": [(_AGENCY, _plain("/conduct/notes"))],
    "/conduct/{contact_id:uuid}": [(_AGENCY, lambda w: f"/conduct/{w.unkind}")],
    "/templates": [(_AGENCY, _plain("/templates"))],
    "/templates/new": [(_AGENCY, _plain("/templates/new"))],
    "/templates/{template_id:uuid}": [(_AGENCY, lambda w: f"/templates/{w.template}")],
    "/cases/{case_id:uuid}/close": [(_AGENCY, _worked("/close"))],
    "/cases/{case_id:uuid}/contacts/new": [(_AGENCY, _worked("/contacts/new"))],
    "/cases/{case_id:uuid}/edit/{step:str}": [
        (_BUSINESS, lambda w, s=step: f"/cases/{w.draft.id}/edit/{s}")  # type: ignore[misc]
        for step in ("customer", "owed", "said", "documents", "ready")
    ],
    "/approvals": [(_AGENCY, _plain("/approvals"))],
    "/cases/{case_id:uuid}/guard": [(_AGENCY, _worked("/guard")), (_BUSINESS, _worked("/guard"))],
    "/cases/{case_id:uuid}/known/new": [(_AGENCY, _worked("/known/new"))],
    "/cases/{case_id:uuid}/holds/new": [(_AGENCY, _worked("/holds/new"))],
    "/cases/{case_id:uuid}/holds/{hold_id:uuid}/lift": [
        (_BUSINESS, lambda w: f"/cases/{w.worked.id}/holds/{w.hold}/lift")
    ],
    "/cases/{case_id:uuid}/notes/new": [(_AGENCY, _worked("/notes/new"))],
    "/cases/{case_id:uuid}/offer": [(_BUSINESS, lambda w: f"/cases/{w.ready.id}/offer")],
    "/cases/{case_id:uuid}/paid-directly": [(_BUSINESS, _worked("/paid-directly"))],
    "/cases/{case_id:uuid}/payments": [(_AGENCY, _worked("/payments")), (_BUSINESS, _worked("/payments"))],
    "/cases/{case_id:uuid}/payments/{payment_id:uuid}/reverse": [
        (_AGENCY, lambda w: f"/cases/{w.worked.id}/payments/{w.payment.id}/reverse")
    ],
    "/cases/{case_id:uuid}/recall": [(_BUSINESS, _worked("/recall"))],
    "/cases/{case_id:uuid}/return": [(_AGENCY, _worked("/return"))],
    "/identity-checks": [(_BUSINESS, _plain("/identity-checks")), (_AGENCY, _plain("/identity-checks"))],
    "/identity-checks/{recovery_id:uuid}": [
        (who, lambda w: f"/identity-checks/{w.asked}") for who in (_BUSINESS, _OFFICER)
    ],
    "/licences": [(_AGENCY, _plain("/licences")), (_OFFICER, _plain("/licences"))],
    "/licences/new": [(_AGENCY, _plain("/licences/new"))],
    "/licences/reports/new": [(_AGENCY, _plain("/licences/reports/new"))],
    "/licences/reports/{report_id:uuid}": [(_OFFICER, lambda w: f"/licences/reports/{w.report}")],
    "/licences/reports/{report_id:uuid}/edit": [(_AGENCY, lambda w: f"/licences/reports/{w.report}/edit")],
    "/licences/{licence_id:uuid}": [(_OFFICER, lambda w: f"/licences/{w.licence}")],
    "/offers": [(_BUSINESS, _plain("/offers")), (_AGENCY, _plain("/offers"))],
    "/offers/accept": [(_AGENCY, _plain("/offers/accept"))],
    "/offers/selection": [(_BUSINESS, _plain("/offers/selection"))],
    "/offers/new": [(_BUSINESS, lambda w: f"/offers/new?case={w.ready.id}")],
    "/offers/{offer_id:uuid}": [(_BUSINESS, lambda w: f"/offers/{w.offer.id}")],
    "/organisations": [(_OPERATOR, _plain("/organisations"))],
    "/organisations/new": [(_OPERATOR, _plain("/organisations/new"))],
    "/password/forgot": [(_STRANGER, _plain("/password/forgot"))],
    "/people": [(_BUSINESS, _plain("/people"))],
    "/people/invite": [(_BUSINESS, _plain("/people/invite"))],
    "/people/{person_id:uuid}": [(_BUSINESS, lambda w: f"/people/{w.business.actor.person}")],
    "/policy": [(_BUSINESS, _plain("/policy"))],
    "/portfolios": [(_BUSINESS, _plain("/portfolios"))],
    "/portfolios/guide": [(_BUSINESS, _plain("/portfolios/guide"))],
    "/portfolios/{portfolio_id:uuid}": [
        (_BUSINESS, lambda w, s=state: f"/portfolios/{w.portfolios[s]}")  # type: ignore[misc]
        for state in State
        if state is not State.FAILED
    ],
    "/portfolios/{portfolio_id:uuid}/accounts": [(_BUSINESS, _waiting("/accounts"))],
    "/portfolios/{portfolio_id:uuid}/accounts/{ordinal:int}": [(_BUSINESS, _waiting("/accounts/1"))],
    "/portfolios/{portfolio_id:uuid}/papers": [(_BUSINESS, _waiting("/papers"))],
    "/portfolios/{portfolio_id:uuid}/problems": [(_BUSINESS, _waiting("/problems"))],
    "/portfolios/{portfolio_id:uuid}/left": [
        (_BUSINESS, lambda w: f"/portfolios/{w.portfolios[State.DONE]}/left")
    ],
    "/portfolios/{portfolio_id:uuid}/receipt": [
        (_BUSINESS, lambda w: f"/portfolios/{w.portfolios[State.DONE]}/receipt")
    ],
    "/receipts/check": [(_BUSINESS, _plain("/receipts/check"))],
    "/rules": [(_BUSINESS, _plain("/rules")), (_OFFICER, _plain("/rules"))],
    "/rules/new": [(_OFFICER, _plain("/rules/new"))],
    "/rules/{version:str}": [(_AGENCY, _plain(f"/rules/{SHIPPED}"))],
    "/rules/{version:str}/checks": [(_OFFICER, _plain(f"/rules/{SHIPPED}/checks"))],
    "/rules/{version:str}/differences": [(_AGENCY, _plain(f"/rules/{SHIPPED}/differences"))],
    "/sign-in": [(_STRANGER, _plain("/sign-in"))],
    "/step-up": [(_BUSINESS, _plain("/step-up"))],
}
"""Route to who opens it and where."""

ELSEWHERE = {
    "/cases/{case_id:uuid}/receipt": "test_whole_way",
    "/enrol": "test_whole_way",
    "/enrol/authenticator": "test_whole_way",
    "/enrol/recovery-codes": "test_whole_way",
    "/invitation/{token:str}": "test_whole_way",
    "/address/confirm": "test_lost_factors",
    "/address/stop": "test_lost_factors",
    "/new-address/{token:str}": "leads on to /address/confirm",
    "/new-factor/{token:str}": "leads on to /sign-in/new-factor",
    "/password/reset": "tests/identity",
    "/password/reset/{token:str}": "leads on to /password/reset",
    "/sign-in/code": "test_lost_factors",
    "/sign-in/lost": "test_lost_factors",
    "/sign-in/new-app": "test_lost_factors",
    "/sign-in/new-factor": "test_lost_factors",
    "/sign-in/new-password": "test_lost_factors",
    "/sign-in/stop-help": "test_lost_factors",
    "/stop-address/{token:str}": "leads on to /address/stop",
    "/stop-help/{token:str}": "leads on to /sign-in/stop-help",
    "/licences/{licence_id:uuid}/edit": "only while a licence waits: tests/agencies",
    "/cases/{case_id:uuid}/documents": "a fragment of the case page",
    "/portfolios/{portfolio_id:uuid}/progress": "a fragment of the page of a portfolio",
    "/cases/{case_id:uuid}/history": "a fragment of the step “What was said”",
}
"""Pages that another test opens, and fragments."""

NO_PAGES = re.compile(
    r"/static|/healthz|/readyz|/audit/log/|\.json$|/document$|/file$|/documents/\{|/to-mend$|/portfolios/(template|sample)/"
)


def _pages(app: Litestar) -> set[str]:
    found = set()
    for route in app.routes:
        handlers = getattr(route, "route_handlers", ())
        if any("GET" in handler.http_methods for handler in handlers) and not NO_PAGES.search(route.path):
            found |= {path for handler in handlers for path in handler.paths}
    return found


def test_every_page_has_a_visit(portal: Portal) -> None:
    assert _pages(build(portal)) == set(VISITS) | set(ELSEWHERE)


@pytest.mark.journey
@pytest.mark.timeout(900)
def test_every_page_is_sound(site: Site, portal: Portal) -> None:
    world = a_world(portal)
    visitors: dict[str, Visitor] = {_STRANGER: site.stranger()}
    for who in (_BUSINESS, _AGENCY, _OFFICER, _OPERATOR):
        visitors[who] = site.signed_in(getattr(world, who))
    for route, visits in VISITS.items():
        for who, path in visits:
            visitor = visitors[who]
            answer = visitor.page.goto(visitor.address + path(world))
            assert answer is not None
            assert answer.status == 200, f"{route} as {who}: {answer.status}"
            visitor.check()
