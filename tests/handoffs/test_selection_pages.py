"""A whole selection in front of a person: the plan, the misfits as a file, and what became of each offer."""

import re
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from bulk_cases import many_cases
from handoff_builders import a_business, a_ready_case, an_agency, an_offer
from handoff_portal.web.portal import Portal
from handoffs.browsing import Browser, words
from people import SignedIn


@pytest.fixture
def browser(client: TestClient[Litestar]) -> Browser:
    return Browser(client)


def fields(portal: Portal, *agencies: SignedIn, **more: str | list[str]) -> dict[str, str | list[str]]:
    ends = portal.database.clock() + timedelta(days=7)
    return {
        "agency": [str(agency.actor.org) for agency in agencies],
        "split": "every",
        "commission": "15",
        "order": "costs-interest-fees-principal",
        "expires_at": f"{ends:%Y-%m-%dT%H:%M}",
        **more,
    }


def mark(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


def test_the_queue_offers_all_that_its_filter_finds(browser: Browser, portal: Portal) -> None:
    business = a_business(portal)
    many_cases(portal, business, 3, ("SG", "GB", "SG"))
    queue = browser.as_(business).get("/cases?country=SG")
    assert "/offers/selection?country=SG" in queue.text
    assert "Offer these 2" in words(queue)
    assert "Offer 2 cases" in browser.text("/offers/selection?country=SG")
    assert "Offer 3 cases" in browser.text("/offers/selection")


def test_a_plan_is_shown_before_anything_is_offered(browser: Browser, portal: Portal) -> None:
    business, agency, other = a_business(portal), an_agency(portal), an_agency(portal)
    many_cases(portal, business, 10)
    shares = {f"part_{agency.actor.org.hex}": "30", f"part_{other.actor.org.hex}": "70"}
    sent = fields(portal, agency, other, split="share", **shares)
    shown = browser.as_(business).post("/offers/selection", "/offers/selection", **sent, go="offer")
    assert shown.status_code == 200
    said = words(shown)
    assert "3 cases" in said
    assert "7 cases" in said
    assert "Offer 10 cases to 2 agencies" in said
    done = browser.post("/offers/selection", "/offers/selection", **sent, go="offer", seen=mark(shown.text))
    assert done.status_code == 303, words(done)
    assert "10 cases offered to 2 agencies" in words(browser.get("/offers"))
    assert "Accept several" in words(browser.as_(agency).get("/offers"))


def hidden(text: str) -> dict[str, str | list[str]]:
    """The fields that a page sends along by itself."""
    found: dict[str, list[str]] = {}
    form = text.partition('id="offering"')[2]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        if name != "csrf_token":
            found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def test_a_large_selection_goes_out_part_by_part_and_says_how_far_it_is(
    browser: Browser, portal: Portal
) -> None:
    business, agency, other = a_business(portal), an_agency(portal), an_agency(portal)
    many_cases(portal, business, 1_240)
    shares = {f"part_{agency.actor.org.hex}": "40", f"part_{other.actor.org.hex}": "60"}
    sent = fields(portal, agency, other, split="share", **shares)
    shown = browser.as_(business).post("/offers/selection", "/offers/selection", **sent, go="look")
    first = browser.post("/offers/selection", "/offers/selection", **sent, go="offer", seen=mark(shown.text))
    assert first.status_code == 200
    assert "500 of 1,240 cases offered" in words(first)
    assert 'hx-trigger="load' in first.text
    assert "Offer these 740" in words(browser.get("/cases?state=ready"))
    second = browser.post("/offers/selection", "/offers/selection", **hidden(first.text))
    assert "1,000 of 1,240 cases offered" in words(second)
    again = browser.post("/offers/selection", "/offers/selection", **hidden(first.text))
    assert "Look once more" in words(again), "the same part cannot go out twice"
    last = browser.post("/offers/selection", "/offers/selection", **hidden(second.text))
    assert last.status_code == 303, words(last)
    assert "1,240 cases offered to 2 agencies" in words(browser.get("/offers"))
    with portal.database.work(business.actor) as work:
        query = text("select agency_id, count(*) as number from offer where business_id = :own group by 1")
        found = {row.agency_id: row.number for row in work.read(query, {"own": business.actor.org})}
    assert found == {agency.actor.org: 496, other.actor.org: 744}


def test_misfits_are_listed_and_come_as_a_file_without_formulas(browser: Browser, portal: Portal) -> None:
    business = a_business(portal)
    agency, other = an_agency(portal), an_agency(portal, licensed=False)
    case = a_ready_case(portal, business)
    sent = fields(portal, agency, other)
    shown = browser.as_(business).post("/offers/selection", "/offers/selection", **sent, go="look")
    assert "1 offer is left out" in words(shown)
    assert "no valid licence for it: 1" in words(shown)
    assert 'value="csv"' in shown.text
    file = browser.post("/offers/selection", "/offers/selection", **sent, go="csv")
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("reference,country,amount")
    assert lines[1].startswith(case.reference)
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.split(","))


def test_mistakes_stand_at_their_fields_and_keep_the_plan(browser: Browser, portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    many_cases(portal, business, 2)
    browser.as_(business)
    none = browser.post("/offers/selection", "/offers/selection", **fields(portal), go="look")
    assert none.status_code == 422
    assert "Choose at least one agency" in words(none)
    odd = fields(portal, agency, split="share", **{f"part_{agency.actor.org.hex}": "90"})
    wrong = browser.post("/offers/selection", "/offers/selection", **odd, go="look")
    assert "add up to 90%" in words(wrong)
    shown = browser.post("/offers/selection", "/offers/selection", **fields(portal, agency), go="look")
    bad = {**fields(portal, agency), "commission": "lots"}
    kept = browser.post("/offers/selection", "/offers/selection", **bad, go="offer", seen=mark(shown.text))
    assert kept.status_code == 422
    assert "is not a percentage" in words(kept)
    assert "Offer 2 cases to 1 agency" in words(kept)


def test_a_plan_that_changed_meanwhile_is_shown_again(browser: Browser, portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    many_cases(portal, business, 2)
    browser.as_(business)
    shown = browser.post("/offers/selection", "/offers/selection", **fields(portal, agency), go="look")
    many_cases(portal, business, 1)
    sent = fields(portal, agency, seen=mark(shown.text))
    again = browser.post("/offers/selection", "/offers/selection", **sent, go="offer")
    assert again.status_code == 200
    assert "Look once more" in words(again)


def test_countries_go_to_the_agencies_ticked_for_them(browser: Browser, portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    many_cases(portal, business, 4, ("SG", "GB"))
    sent = fields(portal, agency, split="country", country_SG=[str(agency.actor.org)])
    shown = browser.as_(business).post("/offers/selection", "/offers/selection", **sent, go="look")
    said = words(shown)
    assert "Offer 2 cases to 1 agency" in said
    assert "No agency was chosen for its country or amount: 2" in said


def test_an_agency_accepts_several_and_reads_what_became_of_each(browser: Browser, portal: Portal) -> None:
    business, agency, rival = a_business(portal), an_agency(portal), an_agency(portal)
    many_cases(portal, business, 3)
    browser.as_(business)
    shown = browser.post("/offers/selection", "/offers/selection", **fields(portal, agency, rival), go="look")
    sent = fields(portal, agency, rival, seen=mark(shown.text))
    assert browser.post("/offers/selection", "/offers/selection", **sent, go="offer").status_code == 303
    look = browser.as_(agency).get("/offers/accept")
    assert "3 offers fit your licences" in words(look)
    seen_at = look.text.partition('name="seen_at" value="')[2].partition('"')[0]
    inbox = browser.as_(rival).get("/offers").text
    first = inbox.partition('name="offer" value="')[2].partition('"')[0]
    won = browser.post("/offers/accept", f"/offers/accept?offer={first}", offer=[first])
    assert "1 case is yours now" in words(won)
    done = browser.as_(agency).post("/offers/accept", "/offers/accept", seen_at=seen_at)
    assert "2 cases are yours now" in words(done)
    over = browser.post("/offers/accept", "/offers", seen_at=seen_at)
    assert over.status_code == 422
    assert "None of these offers waits" in words(over)


def test_what_a_licence_is_missing_for_is_told_before(browser: Browser, portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal, licensed=False)
    an_offer(portal, business, agency, a_ready_case(portal, business))
    said = words(browser.as_(agency).get("/offers/accept"))
    assert "1 offer needs a licence that you do not have today" in said
    assert "fits your licences" not in said


def test_an_agency_narrows_what_it_accepts_to_one_business(browser: Browser, portal: Portal) -> None:
    first, second, agency = a_business(portal), a_business(portal), an_agency(portal)
    for business in (first, second):
        an_offer(portal, business, agency, a_ready_case(portal, business))
    assert "2 offers fit your licences" in words(browser.as_(agency).get("/offers/accept"))
    at = f"/offers/accept?business={first.actor.org}&country=SG"
    assert "1 offer fits your licences" in words(browser.get(at))
    done = browser.post("/offers/accept", at, business=str(first.actor.org), country="SG")
    assert "1 case is yours now" in words(done)
    assert "1 offer fits your licences" in words(browser.get("/offers/accept"))


@pytest.mark.parametrize("narrowed", [{"offer": "1"}, {"business": "nobody"}, {"country": "Atlantis"}])
def test_what_cannot_be_understood_never_means_every_offer(
    browser: Browser, portal: Portal, narrowed: dict[str, str]
) -> None:
    business, agency = a_business(portal), an_agency(portal)
    an_offer(portal, business, agency, a_ready_case(portal, business))
    assert browser.as_(agency).post("/offers/accept", "/offers", **narrowed).status_code == 422
    assert "1 offer fits your licences" in words(browser.get("/offers/accept"))
