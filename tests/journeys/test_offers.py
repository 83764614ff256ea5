"""Offers in a real browser: choosing agencies, the inbox, the card, a question, the race, the way back."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from msgspec.structs import replace

from builders import a_claim, a_customer, some_content
from handoff_builders import a_ready_case
from handoff_portal.agencies.actions.directory import edit_profile
from handoff_portal.agencies.actions.licences import decide_licence, record_licence
from handoff_portal.agencies.model.licence import LicenceScope, LicenceState, LicenceTerms
from handoff_portal.agencies.model.profile import Profile
from handoff_portal.cases.model.account import USUAL_ORDER
from handoff_portal.cases.model.case import Case, ClaimType, DebtorType
from handoff_portal.cases.model.content import Content
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.references import reference_of
from handoff_portal.core.sectors import Sector
from handoff_portal.documents.actions.receiving import Places, receive_bytes
from handoff_portal.documents.model import DocumentKind
from handoff_portal.handoffs.actions import handoffs, making, offers
from handoff_portal.handoffs.model.offer import DeclineReason, Offer, OfferTerms
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.web.portal import Portal
from journeys.visiting import Site
from people import SignedIn, a_person, an_organisation

PAPERS = {
    DocumentKind.CONTRACT: 1,
    DocumentKind.INVOICE: 3,
    DocumentKind.PROOF_OF_DELIVERY: 3,
    DocumentKind.FINAL_NOTICE: 1,
    DocumentKind.MAIL: 6,
}


@dataclass
class Cast:
    """A wholesaler, two agencies in Singapore, one whose licence ended, one from London."""

    business: SignedIn
    lion: SignedIn
    straits: SignedIn
    lapsed: SignedIn
    london: SignedIn


def a_cast(portal: Portal) -> Cast:
    with portal.database.worker() as work:
        merlion = add_organisation(
            work,
            OrgKind.BUSINESS,
            f"Merlion Catering Supply {uuid4().hex[:4]}",
            country="SG",
            time_zone="Asia/Singapore",
            currency="SGD",
            sector=Sector.WHOLESALE.value,
        )
    return Cast(
        business=a_person(portal, merlion),
        lion=agency(portal, "Lion City Receivables", "SG", date(2027, 10, 17)),
        straits=agency(portal, "Straits Credit Partners", "SG", date(2027, 3, 31)),
        lapsed=agency(portal, "Keppel Harbour Collections", "SG", date(2026, 6, 30)),
        london=agency(portal, "Harrogate & Vale Recoveries", "GB", date(2028, 1, 31)),
    )


def agency(portal: Portal, name: str, country: str, expires_on: date) -> SignedIn:
    made = a_person(portal, an_organisation(portal, OrgKind.AGENCY, f"{name} {uuid4().hex[:4]}", country))
    officer = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)
    terms = LicenceTerms(
        jurisdiction=country,
        regulator="Singapore Police Force" if country == "SG" else "Financial Conduct Authority",
        number=f"DEMO-{country}-{uuid4().int % 100_000:05}",
        licence_class="Debt collection business licence",
        scope=LicenceScope.BOTH,
        issued_on=date(2024, 10, 18),
        expires_on=expires_on,
    )
    profile = Profile(made.actor.org, sectors=(Sector.WHOLESALE, Sector.RETAIL), countries=(country,))
    with portal.database.work(made.actor) as work:
        licence = record_licence(work, terms)
        edit_profile(work, profile, attests=True)
    with portal.database.work(officer.actor) as work:
        decide_licence(work, licence.id, LicenceState.VERIFIED, source_url="https://register.example/1")
    return made


def account(minor: int, due: date, *, private: bool = False, disputed: bool = False) -> Content:
    kind = DebtorType.PRIVATE if private else DebtorType.COMPANY
    content = some_content()
    return replace(
        content,
        customer=a_customer(debtor_type=kind, name="Tan Wei Ling" if private else "Kopi Tiam Pte Ltd"),
        claim_type=ClaimType.LOAN if private else ClaimType.UNPAID_INVOICE,
        terms=replace(content.terms, disputed=disputed),
        claims=(a_claim(minor, due=due),),
    )


def cases_of(portal: Portal, business: SignedIn) -> list[Case]:
    accounts = (
        account(4_318_50, date(2026, 6, 30)),
        account(61_940_00, date(2025, 2, 14), disputed=True),
        account(780_25, date(2026, 9, 30), private=True),
    )
    made = [a_ready_case(portal, business, content) for content in accounts]
    for case in made:
        give_papers(portal, business, case)
    return made


def give_papers(portal: Portal, business: SignedIn, case: Case) -> None:
    """Stored documents, so that the card has kinds to count."""
    places = Places(portal.database, portal.objects, 10**6)
    for kind, number in PAPERS.items():
        for copy in range(number):
            receive_bytes(
                places, business.actor, case.id, kind, f"{kind.value}-{copy}.txt", b"A paper of the case"
            )


def offer_to(portal: Portal, cast: Cast, case: Case, *agencies: SignedIn, hours: int = 150) -> list[Offer]:
    with portal.database.work(cast.business.actor) as work:
        terms = OfferTerms(1500, USUAL_ORDER, work.now + timedelta(hours=hours))
        return making.offer_cases(work, [case.id], [one.actor.org for one in agencies], terms)


def test_choosing_agencies(portal: Portal, site: Site) -> None:
    cast = a_cast(portal)
    cases = cases_of(portal, cast.business)
    visitor = site.signed_in(cast.business)
    query = "&".join(f"case={case.id}" for case in cases[:2])
    visitor.open(f"/offers/new?{query}&agency={cast.lion.actor.org}&agency={cast.straits.actor.org}")
    button = visitor.page.locator("[data-offer]")
    assert button.inner_text() == "Offer 2 cases to 2 agencies"
    visitor.page.get_by_role("checkbox", name=cast.straits.actor.org_name).uncheck()
    assert button.inner_text() == "Offer 2 cases to 1 agency"
    button.click()
    visitor.check()
    assert "Enter the commission, for example 15 or 12.5." in visitor.text()
    visitor.page.get_by_label("Commission", exact=True).fill("12.5")
    button.click()
    visitor.page.wait_for_url("**/offers")
    visitor.check()
    assert "2 cases offered to 1 agency." in visitor.text()
    visitor.open(f"/cases/{cases[2].id}/offer")
    visitor.open("/offers/new")


def test_the_inbox_and_the_card(portal: Portal, site: Site) -> None:
    cast = a_cast(portal)
    first, second, third = cases_of(portal, cast.business)
    offer_to(portal, cast, first, cast.lion, cast.straits)
    (urgent,) = offer_to(portal, cast, second, cast.lion, hours=20)
    (private,) = offer_to(portal, cast, third, cast.lion, hours=700)
    visitor = site.signed_in(cast.lion)
    visitor.open("/offers")
    visitor.open(f"/offers/{urgent.id}")
    visitor.page.locator("summary", has_text="Accept").click()
    visitor.check()
    visitor.page.locator("summary", has_text="Decline").click()
    visitor.page.get_by_label("Ask Merlion").fill("Is there a signed delivery note for each invoice?")
    visitor.press("Send the question")
    visitor.check()
    with portal.database.work(cast.lion.actor) as work:
        offers.decline(work, private.id, DeclineReason.TOO_OLD)
    visitor.open("/offers?state=declined")
    seller = site.signed_in(cast.business)
    seller.open("/offers")
    seller.page.get_by_role("link", name="Answer").first.click()
    seller.check()
    seller.page.get_by_label("Answer Lion").fill("Yes, for all three, signed on the day.")
    seller.press("Send the answer")
    seller.check()
    seller.open("/offers?state=all")
    seller.page.locator("summary", has_text="Withdraw").first.click()
    seller.check()


def test_of_two_agencies_the_faster_one_gets_the_case(portal: Portal, site: Site) -> None:
    cast = a_cast(portal)
    case, other, _ = cases_of(portal, cast.business)
    first, second = offer_to(portal, cast, case, cast.lion, cast.straits)
    winner, loser = site.signed_in(cast.lion), site.signed_in(cast.straits)
    for visitor, offer in ((winner, first), (loser, second)):
        visitor.open(f"/offers/{offer.id}")
        visitor.page.locator("summary", has_text="Accept").click()
    winner.press("Accept this case")
    assert winner.page.url.endswith(f"/cases/{case.id}")
    loser.press("Accept this case")
    loser.check()
    assert "Another agency was faster" in loser.text()
    loser.open(f"/offers/{second.id}")
    winner.open(f"/offers/{first.id}")
    winner.open(f"/cases/{case.id}/return")
    (lapsed,) = offer_to(portal, cast, other, cast.lapsed)
    without = site.signed_in(cast.lapsed)
    without.open(f"/offers/{lapsed.id}")


def test_taking_a_case_back(portal: Portal, site: Site) -> None:
    cast = a_cast(portal)
    case = cases_of(portal, cast.business)[0]
    (offer,) = offer_to(portal, cast, case, cast.lion)
    with portal.database.work(cast.lion.actor) as work:
        handoffs.accept(work, offer.id)
    visitor = site.signed_in(cast.business)
    visitor.open(f"/cases/{case.id}/recall")
    visitor.press(f"Take {reference_of(case.id)} back")
    visitor.check()
    visitor.page.get_by_label("We are settling a dispute").check()
    visitor.press(f"Take {reference_of(case.id)} back")
    holder = site.signed_in(cast.lion)
    holder.open(f"/offers/{offer.id}")
    assert "Taken back by the business: we are settling a dispute" in holder.text()
