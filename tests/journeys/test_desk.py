"""Both sides at their desks, with sample accounts: every page looked at by axe and at two widths."""

import pytest

from handoff_builders import an_offer
from handoff_portal.cases.actions import cases
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.web.portal import Portal
from journeys.visiting import Site
from people import a_person, an_organisation
from worked_cases import a_sample_case, a_worked_case, accounts, an_agency_at_work, hand_to


@pytest.mark.journey
def test_a_business_and_an_agency_at_their_desks(site: Site, portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS, "Merlion Industrial Supply"))
    agency = an_agency_at_work(portal)
    folders = accounts("merlion-supply")
    worked = a_worked_case(portal, business, agency, folders[0])
    calm = hand_to(portal, business, a_sample_case(portal, business, folders[1]), agency)
    made = [a_sample_case(portal, business, folder, papers=1) for folder in folders[2:9]]
    for case in made[:3]:
        hand_to(portal, business, case, agency)
    for case in made[3:5]:
        an_offer(portal, business, agency, case)
    with portal.database.work(business.actor) as work:
        cases.start_draft(work)
    for who in (business, agency):
        visitor = site.signed_in(who)
        kind = who.actor.org_kind.value
        for path in ("/", "/cases", f"/cases/{calm.id}?calm=1", f"/cases/{worked.id}", "/cases?q=nothing"):
            visitor.open(f"{path}{'&' if '?' in path else '?'}as={kind}")


@pytest.mark.journey
def test_a_collector_logs_a_dispute_and_a_supervisor_sees_contact_rest(site: Site, portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    agency = an_agency_at_work(portal)
    case = hand_to(portal, business, a_sample_case(portal, business, accounts("merlion-supply")[0]), agency)
    visitor = site.signed_in(agency)
    page = visitor.page
    visitor.open(f"/cases/{case.id}")
    assert (
        page.get_by_label("How was it received?").count() == 0
        or not page.locator(".hp-when-contact").is_visible()
    )
    page.locator("#f-channel").select_option("call")
    page.locator("#f-disposition").select_option("DSP")
    assert page.locator(".hp-when-contact").is_visible()
    assert not page.locator(".hp-when-promise").is_visible()
    page.get_by_label("Upset").check()
    page.locator("#f-text").fill("Half of the boxes were empty. They ask for a credit note.")
    visitor.check()
    visitor.press("Log this contact")
    visitor.check()
    assert "Contact rests now: dispute." in visitor.text()
    assert "On hold: Dispute" in visitor.text()
    page.get_by_role("link", name="Send a note").click()
    page.locator("#f-note").wait_for()
    visitor.check()
    page.locator("#f-note").fill("Could you look into the empty boxes?")
    page.get_by_label("This needs an answer").check()
    visitor.press("Send to the business")
    assert "Waiting for" in visitor.text()


@pytest.mark.journey
def test_a_reveal_shows_the_customer_on_that_page_only(site: Site, portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    agency = an_agency_at_work(portal)
    folder = accounts("merlion-supply")[0]
    case = hand_to(portal, business, a_sample_case(portal, business, folder), agency)
    visitor = site.signed_in(agency)
    visitor.open(f"/cases/{case.id}")
    assert "+6565550111" not in visitor.text()
    visitor.page.set_viewport_size({"width": 1440, "height": 900})
    visitor.page.get_by_text("Reveal personal data").click()
    visitor.page.get_by_label("Why do you need the personal data?").select_option("contact_now")
    visitor.check()
    visitor.press("Reveal the personal data")
    assert "+6565550111" in visitor.page.content()
    visitor.check()
    visitor.open(f"/cases/{case.id}")
    assert "+6565550111" not in visitor.page.content()


@pytest.mark.journey
@pytest.mark.parametrize("role", [Role.OPERATOR_ADMIN, Role.COMPLIANCE_OFFICER])
def test_the_operator_has_a_home_too(site: Site, portal: Portal, role: Role) -> None:
    who = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), role)
    site.signed_in(who).open(f"/?as={role.value}")


@pytest.mark.journey
def test_forms_of_the_case_work_without_scripts(site: Site, portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    agency = an_agency_at_work(portal)
    case = hand_to(portal, business, a_sample_case(portal, business, accounts("merlion-supply")[0]), agency)
    visitor = site.signed_in(agency, javascript=False)
    page = visitor.page
    page.goto(f"{visitor.address}/cases/{case.id}")
    page.get_by_role("link", name="Place a hold").click()
    page.get_by_label("Hardship", exact=True).check()
    page.locator("#f-hold_reason").fill("They lost their main contract.")
    visitor.press("Place the hold")
    assert "Contact rests now: hardship." in visitor.text()
