"""A policy is tried, a selection offered to two agencies, and several offers accepted, in a real browser."""

import re
from dataclasses import replace

import pytest

from bulk_cases import many_cases
from handoff_builders import a_business, an_agency
from handoff_portal.intake.actions import readiness, submitting
from handoff_portal.intake.actions.policies import change_policy
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.rules import Rule
from handoff_portal.web.portal import Portal
from intake.drafts import a_ready_draft
from journeys.visiting import Site


@pytest.mark.journey
def test_a_changed_policy_shows_its_effect_before_it_is_saved(site: Site, portal: Portal) -> None:
    business = a_business(portal)
    a_ready_draft(portal, business.actor, "INV-EFFECT-1")
    judged = a_ready_draft(portal, business.actor, "INV-EFFECT-2")
    with portal.database.work(business.actor) as work:
        change_policy(work, replace(Policy(), needs_personal=True))
        readiness.override(work, judged, Rule.PERSONAL, "They asked us to write only.")
        submitting.submit(work, judged)
    visitor = site.signed_in(business)
    visitor.open("/policy")
    visitor.page.get_by_label("Days overdue", exact=True).fill("200")
    visitor.page.get_by_label("Invoice", exact=True).first.check()
    visitor.press("See what would change today")
    visitor.check()
    assert "This is strict" in visitor.text()
    assert "0 would then" in visitor.text()
    assert "Days overdue" in visitor.page.locator("#effect").inner_text()
    visitor.press("Change it all the same")
    visitor.check()
    assert "Version 2" in visitor.text()
    visitor.open(f"/cases/{judged}")
    assert "Exception: Somebody spoke" in visitor.page.locator("#judgement").inner_text()
    visitor.page.get_by_text("Line by line").click()
    visitor.check()


@pytest.mark.journey
def test_a_filter_is_offered_to_two_agencies_and_one_accepts_its_share(site: Site, portal: Portal) -> None:
    business = a_business(portal)
    first, second, unlicensed = an_agency(portal), an_agency(portal), an_agency(portal, licensed=False)
    many_cases(portal, business, 40, ("SG", "SG", "SG", "AU"))
    visitor = site.signed_in(business)
    page = visitor.page
    visitor.open("/cases?state=ready")
    page.get_by_role("link", name="Offer these 40").click()
    visitor.check()
    for box in page.locator("input[name=agency]:checked").all():
        box.uncheck()
    for one in (first, second, unlicensed):
        box = page.locator(f"input[name=agency][value='{one.actor.org}']")
        if not box.count():
            page.locator("#f-q_agency").fill(one.actor.org_name)
            visitor.press("Find")
        page.locator(f"input[name=agency][value='{one.actor.org}']").check()
    page.get_by_label("A share for each agency").check()
    visitor.press("See who gets what")
    assert "add up to 0%" in visitor.text()
    for one, part in ((first, "60"), (second, "40")):
        page.locator(f"#f-part_{one.actor.org.hex}").fill(part)
    visitor.press("See who gets what")
    visitor.check()
    assert "Who gets what" in visitor.text()
    with page.expect_download() as found:
        page.get_by_role("button", name="Download the list").click()
    assert found.value.path().read_text(encoding="utf-8-sig").startswith("reference,country,amount")
    page.get_by_label("Commission", exact=True).fill("12.5")
    visitor.press(re.compile(r"^Offer \d+ cases? to 2 agencies"))
    visitor.check()
    agency = site.signed_in(first)
    agency.open("/offers")
    agency.page.get_by_role("link", name="Accept several").click()
    agency.check()
    agency.press(re.compile(r"^Accept \d+ cases"))
    agency.check()
    assert "are yours now" in agency.text()
