"""A kinder wording is accepted while writing; a breach is seen by the supervisor and by the business."""

import pytest

from at_work import a_case_at_work
from builders import some_content
from contact_steps import log
from handoff_portal.agencies.model.respect import LEAST_CONTACTS
from handoff_portal.contacts.actions.conduct import set_sample
from handoff_portal.contacts.model.communications import Words
from handoff_portal.contacts.model.dispositions import ReceivedAs
from handoff_portal.core.permissions import Role
from handoff_portal.web.portal import Portal
from journeys.visiting import Site, Visitor
from people import a_colleague

UNKIND = "Pay by Friday or the police come."


def begin(visitor: Visitor, case: str, text: str) -> None:
    """Fill in the form of a mail that went out."""
    page = visitor.page
    visitor.open(f"/cases/{case}/contacts/new")
    page.locator("#f-channel").select_option("email")
    page.locator("#f-disposition").select_option("EML")
    page.locator("#f-text").press_sequentially(text)


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_a_kinder_wording_is_accepted_and_a_breach_is_seen_by_both_sides(site: Site, portal: Portal) -> None:
    at_work = a_case_at_work(portal, some_content())
    case = str(at_work.case)
    collector = a_colleague(portal, at_work.agency, Role.COLLECTOR)
    with portal.database.work(at_work.agency.actor) as work:
        set_sample(work, 0)
    visitor = site.signed_in(collector)
    page = visitor.page
    begin(visitor, case, UNKIND)
    page.locator("#words-text mark").first.wait_for()
    assert "A kinder wording" in page.locator("#words-text").inner_text()
    visitor.check()
    page.get_by_role("button", name="Use this").first.click()
    page.get_by_text("The kinder wording is in your text").wait_for()
    kinder = page.locator("#f-text").input_value()
    assert "police" not in kinder
    assert kinder
    visitor.check()
    page.locator("#f-text").fill("Thank you for your call. How can we find a way together?")
    page.locator("#words-text").get_by_text("Nothing stands out").wait_for()
    visitor.press("Log this contact")
    page.get_by_text("The contact is logged").wait_for()
    begin(visitor, case, UNKIND)
    visitor.press("Log this contact")
    page.get_by_text("The contact is logged").wait_for()

    supervisor = site.signed_in(at_work.agency)
    supervisor.open("/")
    assert "Words to look at" in supervisor.text()
    supervisor.open("/conduct")
    supervisor.page.locator("[data-open]").first.click()
    supervisor.check()
    assert supervisor.page.locator("mark").first.inner_text()
    supervisor.page.locator("[name=decision][value=breach]").check()
    supervisor.page.locator("#f-reason").fill("We never speak of the police.")
    supervisor.press("Decide")
    supervisor.page.get_by_text("Noted as a breach").wait_for()
    supervisor.check()

    business = site.signed_in(at_work.business)
    business.open(f"/cases/{case}")
    assert "Breach of respectful contact" in business.text()
    assert "We never speak of the police." in business.text()
    visitor.open("/conduct/notes")
    assert "We never speak of the police." in visitor.text()


@pytest.mark.journey
@pytest.mark.timeout(120)
def test_words_are_checked_and_replaced_without_scripts(site: Site, portal: Portal) -> None:
    at_work = a_case_at_work(portal, some_content())
    visitor = site.signed_in(at_work.agency, javascript=False)
    page = visitor.page
    page.goto(f"{visitor.address}/cases/{at_work.case}/contacts/new")
    page.locator("#f-channel").select_option("email")
    page.locator("#f-text").fill(UNKIND)
    page.get_by_role("button", name="Check the words").click()
    page.locator("mark").first.wait_for()
    page.get_by_role("button", name="Use this").first.click()
    page.get_by_text("The kinder wording is in your text").wait_for()
    assert "police" not in page.locator("#f-text").input_value()
    assert page.locator("#f-channel").input_value() == "email"


@pytest.mark.journey
@pytest.mark.timeout(180)
def test_the_score_is_drawn_for_the_agency_and_for_businesses(site: Site, portal: Portal) -> None:
    at_work = a_case_at_work(portal, some_content())
    kind = Words(author="A", text="Thanked them and agreed to speak again on Tuesday.")
    for received in [ReceivedAs.KINDLY] * (LEAST_CONTACTS - 2) + [ReceivedAs.UPSET] * 2:
        log(at_work, at_work.agency.actor, words=kind, received_as=received)
    business = site.signed_in(at_work.business)
    business.open(f"/agencies/{at_work.agency.actor.org}")
    assert "Received kindly or matter-of-fact" in business.text()
    assert "18 of 20" in business.text()
    business.open("/agencies")
    agency = site.signed_in(at_work.agency)
    agency.open("/")
    assert "from 20 contacts in the last 90 days" in agency.text()
