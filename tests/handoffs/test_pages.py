import re
from datetime import timedelta
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import create_engine, text

from builders import a_claim, a_customer, some_content
from handoff_builders import a_business, a_held_case, a_ready_case, an_agency, an_offer
from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.content import Content, Terms
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.references import reference_of
from handoff_portal.handoffs.actions import handoffs, reading
from handoff_portal.handoffs.model.offer import Offer, OfferState
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from handoffs.browsing import Browser, words
from people import SignedIn, a_person, an_organisation


@pytest.fixture
def browser(client: TestClient[Litestar]) -> Browser:
    return Browser(client)


def terms(**changes: str | list[str]) -> dict[str, str | list[str]]:
    order = "costs-interest-fees-principal"
    return {"commission": "12.5", "order": order, "expires_at": in_days(3), **changes}


def in_days(days: int) -> str:
    return f"{utc_now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def offers_seen_by(portal: Portal, agency: SignedIn) -> list[Offer]:
    with portal.database.work(agency.actor) as work:
        return [shown.offer for shown in reading.list_received(work, None)]


def colleague(portal: Portal, of: SignedIn, role: Role) -> SignedIn:
    with portal.database.work(of.actor) as work:
        organisation = show_organisation(work, of.actor.org)
    return a_person(portal, organisation, role)


def offered(portal: Portal) -> tuple[SignedIn, SignedIn, Offer]:
    business, agency = a_business(portal), an_agency(portal)
    return business, agency, an_offer(portal, business, agency, a_ready_case(portal, business))


def refused_acceptances(postgres: EmbeddedPostgres, offer: Offer) -> int:
    engine = create_engine(postgres.url("postgres", "portal"))
    count = text("select count(*) from audit_event where action = 'acceptance.refused' and case_id = :case")
    with engine.connect() as connection:
        found = connection.execute(count, {"case": offer.case}).scalar_one()
    engine.dispose()
    return int(found)


def test_one_case_is_offered_to_the_agencies_ticked(portal: Portal, browser: Browser) -> None:
    business, first, second = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    path = f"/cases/{case.id}/offer"
    agencies = [str(first.actor.org), str(second.actor.org)]
    answer = browser.as_(business).post(path, agency=agencies, **terms())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case.id}")
    made = [*offers_seen_by(portal, first), *offers_seen_by(portal, second)]
    assert [offer.case for offer in made] == [case.id, case.id]
    assert {offer.terms.commission_bp for offer in made} == {1250}


def test_several_cases_go_to_several_agencies_at_once(portal: Portal, browser: Browser) -> None:
    business, agency = a_business(portal), an_agency(portal)
    several = [a_ready_case(portal, business) for _ in range(2)]
    query = "&".join(f"case={case.id}" for case in several)
    page = browser.as_(business).get(f"/offers/new?{query}&agency={agency.actor.org}").text
    assert re.search(rf'value="{agency.actor.org}" data-agency checked', page)
    assert all(case.reference in page for case in several)
    ids = [str(case.id) for case in several]
    answer = browser.post(
        "/offers/new", f"/offers/new?{query}", case=ids, agency=[str(agency.actor.org)], **terms()
    )
    assert answer.headers["Location"] == "/offers"
    assert "2 cases offered to 1 agency." in browser.text("/offers")
    assert {offer.case for offer in offers_seen_by(portal, agency)} == {case.id for case in several}


def test_each_agency_can_get_a_commission_of_its_own(portal: Portal, browser: Browser) -> None:
    business, first, second = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    share = {f"share_{second.actor.org.hex}": "20"}
    agencies = [str(first.actor.org), str(second.actor.org)]
    browser.as_(business).post(f"/cases/{case.id}/offer", agency=agencies, **terms(), **share)
    assert offers_seen_by(portal, first)[0].terms.commission_bp == 1250
    assert offers_seen_by(portal, second)[0].terms.commission_bp == 2000


def test_a_form_with_mistakes_comes_back_as_it_was_typed(portal: Portal, browser: Browser) -> None:
    business, agency = a_business(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    wrong = terms(
        commission="a lot", order="other", first="costs", second="costs", third="fees", fourth="costs"
    )
    path = f"/cases/{case.id}/offer"
    answer = browser.as_(business).post(path, agency=[str(agency.actor.org)], **wrong)
    assert answer.status_code == 422
    assert "“a lot” is not a percentage. Write it like 15 or 12.5." in words(answer)
    assert 'value="a lot"' in answer.text
    assert re.search(rf'value="{agency.actor.org}" data-agency checked', answer.text)
    fixed = browser.post(path, agency=[str(agency.actor.org)], **{**wrong, "commission": "10"})
    assert "Put each of costs, interest, fees and principal in the order once." in words(fixed)
    late = browser.post(path, agency=[str(agency.actor.org)], **terms(expires_at=in_days(90)))
    assert "An offer lasts between one hour and 60 days." in words(late)
    nobody = browser.post(path, **terms())
    assert "Choose at least one agency." in words(nobody)
    assert offers_seen_by(portal, agency) == []


def test_an_agency_without_the_licence_is_listed_with_the_reason_and_not_ticked(
    portal: Portal, browser: Browser
) -> None:
    business, without = a_business(portal), an_agency(portal, licensed=False)
    case = a_ready_case(portal, business)
    page = browser.as_(business).get(f"/cases/{case.id}/offer?q=x").text
    found = re.search(rf'<input[^>]*value="{without.actor.org}"[^>]*>', page)
    assert found is None or "checked" not in found[0]
    asked = browser.get(f"/cases/{case.id}/offer?agency={without.actor.org}")
    answer = browser.post(f"/cases/{case.id}/offer", find="1", agency=[str(without.actor.org)], q="zz")
    assert asked.status_code == answer.status_code == 200
    assert "No valid" in words(answer)
    assert "for Singapore" in words(answer)
    assert offers_seen_by(portal, without) == []


def test_cases_that_cannot_be_offered_are_left_out_and_named(portal: Portal, browser: Browser) -> None:
    held = a_held_case(portal)
    ready = a_ready_case(portal, held.business)
    page = browser.as_(held.business).text(f"/offers/new?case={ready.id}&case={held.case.id}")
    assert "1 case is left out" in page
    assert f"{held.case.reference} is with an agency." in page
    assert "No case is chosen yet" in browser.text("/offers/new")
    assert browser.as_(a_business(portal)).get(f"/offers/new?case={ready.id}").status_code == 404


def test_the_inbox_shows_what_an_agency_needs_to_choose(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    page = browser.as_(agency).text("/offers")
    for wanted in ("Unpaid invoice, Singapore", "Less than SGD 500", "Covered", "15%", "New", "in 7 days"):
        assert wanted in page, wanted
    assert business.actor.org_name in page
    assert reference_of(offer.case) in page


def test_the_inbox_ends_first_on_top_and_pages_by_key(
    portal: Portal, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff_portal.handoffs.pages.inbox.SIZE", 2)
    business, agency = a_business(portal), an_agency(portal)
    made = [
        an_offer(portal, business, agency, a_ready_case(portal, business), days=days) for days in (5, 1, 9, 3)
    ]
    wanted = [f"/offers/{offer.id}" for offer in sorted(made, key=lambda offer: offer.terms.expires_at)]
    page = browser.as_(agency).get("/offers").text
    assert re.findall(r'href="(/offers/[0-9a-f-]{36})"', page) == wanted[:2]
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    page = browser.get(following[1].replace("&amp;", "&")).text
    assert re.findall(r'href="(/offers/[0-9a-f-]{36})"', page) == wanted[2:]
    assert 'rel="next"' not in page
    browser.as_(business)
    page = browser.get("/offers").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    more = browser.get(following[1].replace("&amp;", "&")).text
    links = re.findall(r'href="(/offers/[0-9a-f-]{36})"', page + more)
    assert sorted(links) == sorted(wanted)
    assert browser.get("/offers?after=nonsense&state=nonsense").status_code == 200


def test_one_card_answers_what_an_agency_asks_itself(portal: Portal, browser: Browser) -> None:
    _, agency, offer = offered(portal)
    page = browser.as_(agency).text(f"/offers/{offer.id}")
    for wanted in (
        "Singapore",
        "Less than SGD 500",
        "overdue",
        "Unpaid invoice",
        "owed by a company",
        "No history of contacts",
        "No documents",
        "No dispute is open",
        "You have the licence that is needed",
        "15%",
        "at most SGD 75 if all is paid",
        "Costs, then interest, then fees, then principal",
        "Accept this case",
        "Decline this case",
        "Send the question",
    ):
        assert wanted in page, wanted


def test_question_and_answer_are_seen_by_both_sides(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    path = f"/offers/{offer.id}"
    browser.as_(agency).post(f"{path}/ask", path, text="Is there a delivery note?")
    assert "Waiting for" in browser.text(path)
    page = browser.as_(business).text("/offers")
    assert "1 question to answer" in page
    assert f"{agency.actor.org_name} asks about {reference_of(offer.case)}" in page
    browser.post(f"{path}/answer", path, text="Yes, signed on 3 June.")
    assert "question to answer" not in browser.text("/offers")
    page = browser.as_(agency).text(path)
    assert "Is there a delivery note?" in page
    assert "Yes, signed on 3 June." in page
    assert browser.post(f"{path}/ask", path, text=" ").status_code == 422


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("It is KOPI-TIAM pte ltd.", "the name of the customer"),
        ("Write to accounts@kopi.example", "an address of the customer"),
        ("Call 6000 0001", "a phone number of the customer"),
        ("See 2026 0001", "an invoice or reference number"),
    ],
)
def test_an_answer_may_not_say_who_the_customer_is(
    portal: Portal, browser: Browser, answer: str, named: str
) -> None:
    business, agency, offer = offered(portal)
    path = f"/offers/{offer.id}"
    browser.as_(agency).post(f"{path}/ask", path, text="Who is it?")
    refused = browser.as_(business).post(f"{path}/answer", path, text=answer)
    assert refused.status_code == 422
    assert f"This contains {named}." in words(refused)
    assert answer in words(refused)


def test_accepting_leads_to_the_case(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    path = f"/offers/{offer.id}"
    answer = browser.as_(agency).post(f"{path}/accept", path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{offer.case}")
    assert "Your agency accepted this case" in browser.text(path)
    again = browser.post(f"{path}/accept", f"/cases/{offer.case}/return")
    assert (again.status_code, again.headers["Location"]) == (303, f"/cases/{offer.case}")
    assert f"{agency.actor.org_name} accepted this case" in browser.as_(business).text(path)


def test_whoever_is_too_late_is_told_kindly_and_gets_nothing(
    portal: Portal, browser: Browser, postgres: EmbeddedPostgres
) -> None:
    business, winner, loser = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    first, second = (an_offer(portal, business, agency, case) for agency in (winner, loser))
    page = browser.as_(loser).get(f"/offers/{second.id}").text
    with portal.database.work(winner.actor) as work:
        handoffs.accept(work, first.id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = browser.client.post(f"/offers/{second.id}/accept", data={"csrf_token": token[1]})
    assert answer.status_code == 409
    assert "Another agency was faster" in words(answer)
    assert "nothing was handed to you" in words(answer)
    assert browser.get(f"/cases/{case.id}/return").status_code == 404
    assert refused_acceptances(postgres, second) == 1


def test_without_the_licence_the_page_says_how_to_mend_it(
    portal: Portal, browser: Browser, postgres: EmbeddedPostgres
) -> None:
    business, agency = a_business(portal), an_agency(portal, licensed=False)
    offer = an_offer(portal, business, agency, a_ready_case(portal, business))
    path = f"/offers/{offer.id}"
    page = browser.as_(agency).text(path)
    assert "You cannot accept it today: a licence is missing" in page
    assert "Accept this case" not in page
    answer = browser.post(f"{path}/accept", path)
    assert answer.status_code == 409
    assert "Record it under Licences" in words(answer)
    assert 'href="/licences"' in answer.text
    assert refused_acceptances(postgres, offer) == 1


def test_declining_says_why(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    path = f"/offers/{offer.id}"
    assert browser.as_(agency).post(f"{path}/decline", path).status_code == 422
    browser.post(f"{path}/decline", path, reason="commission")
    assert offers_seen_by(portal, agency)[0].state is OfferState.DECLINED
    page = browser.as_(business).text("/offers?state=declined")
    assert "The commission does not cover the work" in page
    assert "Nothing more can be done" in words(browser.as_(agency).post(f"{path}/accept", "/account"))


def test_withdrawing_takes_the_offer_from_the_inbox(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    answer = browser.as_(business).post(f"/offers/{offer.id}/withdraw", "/offers")
    assert answer.headers["Location"] == "/offers"
    assert "No offer waits for you" in browser.as_(agency).text("/offers")
    assert "took the offer back" in browser.text(f"/offers/{offer.id}")


def test_an_agency_gives_a_case_back(portal: Portal, browser: Browser) -> None:
    held = a_held_case(portal)
    path = f"/cases/{held.case.id}/return"
    page = browser.as_(held.agency).text(path)
    assert "key to this case is deleted at once" in page
    assert browser.post(path).status_code == 422
    assert browser.post(path, reason="capacity").headers["Location"] == "/cases"
    assert browser.get(path).status_code == 404
    page = browser.text(f"/offers/{held.handoff.offer}")
    assert "Given back by the agency: we have no capacity for it" in page
    assert "can no longer open the case" in page


def test_a_business_takes_a_case_back(portal: Portal, browser: Browser) -> None:
    held = a_held_case(portal)
    path = f"/cases/{held.case.id}/recall"
    page = browser.as_(held.business).text(path)
    assert f"The key of {held.agency.actor.org_name} to this case is deleted at once." in page
    assert browser.post(path, reason="own_solution").headers["Location"] == f"/cases/{held.case.id}"
    assert browser.get(path).status_code == 409
    assert browser.as_(held.agency).get(f"/cases/{held.case.id}/return").status_code == 404


def test_one_agency_cannot_see_the_offer_of_another(portal: Portal, browser: Browser) -> None:
    _, _, offer = offered(portal)
    browser.as_(an_agency(portal))
    path = f"/offers/{offer.id}"
    assert browser.get(path).status_code == 404
    for way in ("accept", "decline", "ask"):
        answer = browser.post(f"{path}/{way}", "/account", text="x", reason="capacity")
        assert answer.status_code == 404, way
    assert "No offer waits for you" in browser.text("/offers")


def test_a_collector_can_read_and_ask_but_not_answer(portal: Portal, browser: Browser) -> None:
    _, agency, offer = offered(portal)
    browser.as_(colleague(portal, agency, Role.COLLECTOR))
    path = f"/offers/{offer.id}"
    page = browser.text(path)
    assert "A supervisor or administrator" in page
    assert "Accept this case" not in page
    assert browser.post(f"{path}/ask", path, text="Is there a contract?").status_code == 303
    for way in ("accept", "decline"):
        assert browser.post(f"{path}/{way}", path, reason="capacity").status_code == 403


def test_only_businesses_offer_and_only_agencies_answer(portal: Portal, browser: Browser) -> None:
    business, agency, offer = offered(portal)
    assert browser.as_(agency).get("/offers/new").status_code == 403
    assert browser.post(f"/offers/{offer.id}/withdraw", "/offers").status_code == 403
    assert browser.as_(business).post(f"/offers/{offer.id}/accept", "/offers").status_code == 403
    operator = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.OPERATOR_ADMIN)
    assert browser.as_(operator).get("/offers").status_code == 403


def a_telling_content() -> Content:
    customer = a_customer(
        name="Zephyrine Quillfeather Trading",
        contact_person="Ottoline Braithwhistle",
        street="77 Marmalade Crescent",
        postal_code="958877",
        emails=("zephyrine@quillfeather.example",),
        phones=("+6561239876",),
        registration_number="UEN20991234Z",
        represented_by="Pemberton Advocates",
    )
    claim = replace(a_claim(), number="INVZX-774411", description="Velvet lampshades")
    terms = Terms("CONTRACT-ZQ-5581", relationship="Friends of the founder", dispute_note="Torn lampshades")
    return replace(some_content(), customer=customer, claims=(claim,), terms=terms)


def personal_strings(content: Content, creditor_reference: str) -> list[bytes]:
    who = content.customer
    typed = [
        who.name, who.contact_person, who.street, who.postal_code, *who.emails, *who.phones,
        who.registration_number, who.represented_by, content.claims[0].number, content.claims[0].description,
        content.terms.contract_reference, content.terms.relationship, content.terms.dispute_note,
        creditor_reference,
        "Quillfeather", "Braithwhistle", "Marmalade", "61239876", "774411",
    ]  # fmt: skip
    return [word.casefold().encode() for word in typed if word]


def test_no_byte_before_acceptance_says_who_the_customer_is(portal: Portal, browser: Browser) -> None:
    content = a_telling_content()
    business, agency, rival = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business, content)
    offer, other = (an_offer(portal, business, one, case) for one in (agency, rival))
    path = f"/offers/{offer.id}"
    browser.as_(agency).get("/offers")
    browser.get("/offers?state=all")
    browser.post(f"{path}/ask", path, text="Who is it, please?")
    told = browser.as_(business).post(f"{path}/answer", path, text="It is Zephyrine Quillfeather Trading.")
    assert told.status_code == 422
    browser.seen.clear()
    for somebody, mine in ((agency, path), (rival, f"/offers/{other.id}")):
        browser.as_(somebody)
        for page in ("/offers", "/offers?state=all", mine, f"/cases/{case.id}", f"/cases/{case.id}/return"):
            browser.get(page)
        browser.post(f"{mine}/ask", mine, text="Is there a contract?")
        browser.post(f"{mine}/decline", mine, reason="nothing")
    browser.post(f"/offers/{other.id}/decline", f"/offers/{other.id}", reason="capacity")
    browser.post(f"/offers/{other.id}/accept", "/account")
    browser.get("/offers?state=declined")
    everything = b"\n".join(browser.seen).lower()
    reference = own_reference(portal, business, case)
    assert [word for word in personal_strings(content, reference) if word in everything] == []
    assert len(browser.seen) > 15


def own_reference(portal: Portal, business: SignedIn, case: Case) -> str:
    with portal.database.work(business.actor) as work:
        heading = cases.read_heading(work, case, cases.open_key(work, case))
    assert heading is not None
    return heading.creditor_reference


def test_two_questions_keep_the_turn_with_the_business_until_both_are_answered(
    portal: Portal, browser: Browser
) -> None:
    business, first, second = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    made = [an_offer(portal, business, agency, case) for agency in (first, second)]
    for agency, offer in zip((first, second), made, strict=True):
        browser.as_(agency).post(f"/offers/{offer.id}/ask", f"/offers/{offer.id}", text="How old is it?")
    turns = []
    for offer in made:
        path = f"/offers/{offer.id}"
        browser.as_(business).post(f"{path}/answer", path, text="Since June.")
        with portal.database.work(business.actor) as work:
            loaded = cases.load_case(work, case.id)
            turns.append((loaded.state, loaded.turn.value))
    assert turns == [(CaseState.OFFERED, "business"), (CaseState.OFFERED, "agency")]


def test_an_unknown_offer_is_not_found(portal: Portal, browser: Browser) -> None:
    browser.as_(an_agency(portal))
    assert browser.get(f"/offers/{uuid4()}").status_code == 404
    assert browser.get("/offers/something").status_code == 404
