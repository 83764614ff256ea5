"""Odd headers of a history, a scan placed by hand, a file taken out; and a selection offered in parts."""

import pytest

from bulk_cases import many_cases
from handoff_builders import a_business, an_agency
from handoff_portal.web.portal import Portal
from journeys.test_portfolio import a_lenient_business, an_archive, comes, upload, working
from journeys.visiting import Site

TABLE = (
    "creditor_reference,debtor_type,debtor_name,email,phone,address,city,country,invoice_number,due_date,"
    "currency,principal,quiet_times,opted_out_channels\n"
    "PF-00001,company,Kopi 1 Pte Ltd,a1@kopi.example,+6567000001,1 Tras Street,Singapore,SG,I-1,2026-04-02,"
    "SGD,120.50,Mon-Fri 09:00-17:00; Sun,sms\n"
    "PF-00002,company,Kopi 2 Pte Ltd,a2@kopi.example,+6567000002,2 Tras Street,Singapore,SG,I-2,2026-04-02,"
    "SGD,99.00,,\n"
)
HISTORY = "Vorgang,Wann war das,Womit,Gesagt\nPF-00001,2026-05-03,phone,They will call back on Monday\n"


@pytest.mark.journey
@pytest.mark.timeout(180)
def test_files_change_until_cases_are_made_and_what_was_said_by_hand_is_kept(
    site: Site, portal: Portal, environment: dict[str, str]
) -> None:
    visitor = site.signed_in(a_lenient_business(portal))
    page = visitor.page
    with working(environment):
        files = ("accounts.csv", TABLE.encode()), ("history.csv", HISTORY.encode())
        upload(visitor, *files, ("papers.zip", an_archive()))
        visitor.check()
        visitor.press("Check this portfolio")
        comes(visitor, "Which column is which?")
        assert "the history “history.csv”" in visitor.text()
        visitor.check()
        wanted = {"Vorgang": "creditor_reference", "Wann war das": "occurred_at", "Womit": "channel"}
        for header, column in wanted.items():
            page.get_by_label(f"{header} is taken for").select_option(column)
        visitor.press("Check with these answers")
        comes(visitor, "What would happen")
        assert "1 message of history found" in visitor.text()
        visitor.check()
        page.get_by_role("link", name="Assign 1 file").click()
        page.get_by_label("Select scan 0815.pdf").check()
        page.get_by_label("Account they belong to").fill("PF-00002")
        visitor.press("Assign the ticked files")
        page.get_by_role("link", name="This portfolio").click()
        visitor.press("Remove history.csv")
        comes(visitor, "What would happen")
        assert "history.csv" not in visitor.text()
        assert "of history found" not in visitor.text()
        assert "3 files go to their cases" in visitor.text().replace("\n", " ")
        page.goto(f"{page.url}/accounts/1")
        assert "Asked not to be contacted at certain times: mon tue wed thu fri 09:00-17:00" in visitor.text()
        visitor.check()


@pytest.mark.journey
@pytest.mark.timeout(180)
def test_a_large_selection_shows_how_far_it_is_with_and_without_scripts(site: Site, portal: Portal) -> None:
    for scripts in (False, True):
        business, agency = a_business(portal), an_agency(portal)
        many_cases(portal, business, 520)
        visitor = site.signed_in(business, javascript=scripts)
        page = visitor.page
        page.goto(visitor.address + "/offers/selection")
        box = page.locator(f"input[name=agency][value='{agency.actor.org}']")
        if not box.count():
            page.locator("#f-q_agency").fill(agency.actor.org_name)
            visitor.press("Find")
        ticked = page.locator("input[name=agency]:checked")
        while ticked.count():
            ticked.first.uncheck()
        box.check()
        page.get_by_label("Commission", exact=True).fill("12.5")
        visitor.press("See who gets what")
        visitor.press("Offer 520 cases to 1 agency")
        if not scripts:
            assert "500 of 520 cases offered" in visitor.text()
            visitor.press("Go on")
        page.get_by_role("heading", name="Offers", level=1).wait_for()
        assert "520 cases offered to 1 agency" in visitor.page.locator("body").inner_text()
