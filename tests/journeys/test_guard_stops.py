"""A licence that does not count, the line on opting out, and what waits for people, in a browser."""

from uuid import uuid4

import pytest
from msgspec.structs import replace

from at_work import a_case_at_work
from builders import a_customer, some_content
from contact_steps import log
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import Words
from handoff_portal.contacts.model.opting_out import LINES
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import ReturnReason
from handoff_portal.web.portal import Portal
from journeys.visiting import Site
from people import a_colleague, a_person, an_organisation


@pytest.mark.journey
def test_a_suspended_licence_stops_contact_with_owner_and_deadline_until_it_is_verified(
    site: Site, portal: Portal
) -> None:
    at_work = a_case_at_work(portal)
    operator = an_organisation(portal, OrgKind.OPERATOR)
    officer = site.signed_in(a_person(portal, operator, Role.COMPLIANCE_OFFICER))
    with portal.database.work(at_work.agency.actor) as work:
        (licence,) = licences_of(work, work.actor.org)
    officer.open(f"/licences/{licence.id}")
    officer.page.get_by_text("Suspend", exact=False).first.click()
    officer.page.locator("[name=remark]:visible").first.fill("The register says that it is suspended.")
    officer.press("Suspend")
    officer.check()
    assert "Contact rests in 1 case of the agency." in officer.page.locator("body").inner_text()
    for who in (at_work.agency, at_work.business):
        visitor = site.signed_in(who)
        visitor.open(f"/cases/{at_work.case}")
        holds = visitor.page.locator("#holds").inner_text()
        assert "No valid licence" in holds
        assert f"{licence.terms.number} is suspended" in holds
        assert "It ends by itself once a valid licence is verified." in holds
        assert "Lift this hold" not in holds
    agency = site.signed_in(at_work.agency)
    agency.open("/")
    assert at_work.look(at_work.agency.actor).reference in agency.text()
    agency.open(f"/cases/{at_work.case}/guard")
    assert "The agency lifts it" not in agency.text()


@pytest.mark.journey
def test_the_line_on_opting_out_is_added_with_one_press(site: Site, portal: Portal) -> None:
    customer = a_customer(
        country="US",
        region="US-KY",
        debtor_type=DebtorType.PRIVATE,
        phones=(),
        emails=(f"{uuid4().hex}@kopi.example",),
    )
    at_work = a_case_at_work(portal, replace(some_content(), customer=customer))
    visitor = site.signed_in(at_work.agency)
    visitor.open(f"/cases/{at_work.case}/guard?channel=email")
    assert "Every message must say how to opt out" in visitor.text()
    visitor.open(f"/cases/{at_work.case}/contacts/new")
    visitor.page.locator("#f-channel").select_option("email")
    visitor.page.locator("#f-text").press_sequentially("Hello, this is about your invoice.")
    visitor.page.get_by_role("button", name="Add this line").click()
    visitor.page.get_by_text("It says how to stop such messages.").wait_for()
    visitor.check()
    assert visitor.page.locator("#f-text").input_value().endswith(LINES[Channel.EMAIL])


@pytest.mark.journey
def test_words_that_left_with_their_case_are_told_to_both_sides(site: Site, portal: Portal) -> None:
    at_work = a_case_at_work(portal)
    collector = a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)
    log(at_work, collector.actor, words=Words(author="Ann", text="Pay by Friday or the police come."))
    with portal.database.work(at_work.agency.actor) as work:
        handoffs.return_case(work, at_work.case, next(iter(ReturnReason)))
    supervisor = site.signed_in(a_colleague(at_work.portal, at_work.agency, Role.SUPERVISOR))
    supervisor.open("/conduct")
    assert "Left before anybody had decided" in supervisor.text()
    business = site.signed_in(at_work.business)
    business.open(f"/cases/{at_work.case}")
    assert "Nobody had looked at these words" in business.text()
