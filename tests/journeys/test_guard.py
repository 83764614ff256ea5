"""The guard in a browser: a block with its reason and next moment, an override, a contact against a block."""

from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from at_work import AtWork, a_case_at_work
from builders import a_customer, some_content
from contact_steps import log
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.core.permissions import Role
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from journeys.visiting import Site
from people import SignedIn, a_person


def australian(portal: Portal) -> AtWork:
    """Four conversations this week: a guideline says that is enough."""
    email = f"{uuid4().hex}@kopi.example"
    customer = a_customer(
        country="AU", region="AU-NSW", debtor_type=DebtorType.PRIVATE, phones=(), emails=(email,)
    )
    made = a_case_at_work(portal, replace(some_content(), customer=customer))
    before = portal.database.clock() - timedelta(hours=1)
    for _ in range(4):
        log(made, made.agency.actor, occurred_at=before)
    return made


def a_supervisor(at_work: AtWork) -> SignedIn:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        organisation = show_organisation(work, at_work.agency.actor.org)
    return a_person(at_work.portal, organisation, Role.SUPERVISOR)


@pytest.mark.journey
def test_a_blocked_call_has_its_reason_and_next_moment_and_a_supervisor_goes_on_once(
    site: Site, portal: Portal
) -> None:
    at_work = australian(portal)
    visitor = site.signed_in(a_supervisor(at_work))
    visitor.open(f"/cases/{at_work.case}")
    panel = visitor.page.locator("#may-contact")
    assert "Blocked" in panel.inner_text()
    assert "Guideline" in panel.inner_text()
    assert "Allowed from" in panel.inner_text()
    visitor.page.locator("#f-channel").select_option("call")
    visitor.page.locator("#guard-answer .hp-guard-way").wait_for()
    assert "Blocked" in visitor.page.locator("#guard-answer").inner_text()
    visitor.check()
    visitor.open(f"/cases/{at_work.case}/guard?channel=call")
    visitor.page.locator("#f-override_reason").fill("They asked us this morning to call again today.")
    visitor.press("Go on once")
    assert "You can go on once" in visitor.text()
    visitor.page.locator("#f-channel").select_option("call")
    visitor.page.locator("#f-disposition").select_option("RPC")
    visitor.page.get_by_label("Kindly").check()
    visitor.page.locator("#f-text").fill("A friendly word about the plan.")
    visitor.press("Log this contact")
    visitor.check()
    assert "Decided to go on" in visitor.text()
    assert "blocked it" not in visitor.text()


@pytest.mark.journey
def test_a_contact_against_a_block_is_seen_by_supervisor_and_business(site: Site, portal: Portal) -> None:
    at_work = a_case_at_work(portal)
    with portal.database.work(at_work.agency.actor) as work:
        for one in list_approvals(work):
            end_approval(work, one.id)
    log(at_work, at_work.agency.actor)
    for who in (a_supervisor(at_work), at_work.business):
        visitor = site.signed_in(who)
        visitor.open("/")
        assert "Contacts to look at" in visitor.text()
        visitor.page.locator("[data-open]").filter(has_text=at_work.look(who.actor).reference).first.click()
        visitor.page.wait_for_load_state()
        assert "Blocked at that time" in visitor.text()
        visitor.check()
        visitor.press("We have looked at it")
        assert "Noted that you have looked at it." in visitor.text()
    visitor = site.signed_in(at_work.agency)
    visitor.open("/cases")
    assert "You are not approved" in visitor.text()
    visitor.open("/approvals")
