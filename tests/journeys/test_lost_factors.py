"""Phone and codes are lost, in a real browser; and the other rare pages of signing in."""

from datetime import timedelta

import pyotp
import pytest

from handoff_portal.app import build_portal
from handoff_portal.core.actor import Origin
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.recovery_renewal import open_due
from handoff_portal.identity.model.events import PasswordLeaked
from handoff_portal.identity.store import marks
from handoff_portal.settings import Settings
from handoff_portal.web.portal import Portal
from identity.walks import GOOD, Enrolled, an_address, link_of, somebody, value_of
from journeys.visiting import Site, Visitor
from people import a_person, an_organisation


def give_password(visitor: Visitor, who: Enrolled) -> None:
    visitor.page.goto(visitor.address + "/sign-in")
    visitor.page.locator("#f-email").fill(who.email)
    visitor.page.locator("#f-password").fill(GOOD)
    visitor.press("Go on")


def a_day_later(settings: Settings, portal: Portal) -> None:
    """The worker of tomorrow."""
    made = build_portal(settings, lambda: portal.database.clock() + timedelta(hours=24, seconds=5))
    open_due(made.database)
    made.database.close()


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_phone_and_codes_are_lost_and_two_people_help(site: Site, portal: Portal, settings: Settings) -> None:
    who = somebody(portal, OrgKind.AGENCY, Role.COLLECTOR)
    admin = site.signed_in(a_person(portal, who.organisation, Role.AGENCY_ADMIN))
    officer = site.signed_in(a_person(portal, an_organisation(portal, OrgKind.OPERATOR)))
    lost = site.stranger()
    give_password(lost, who)
    lost.page.get_by_text("Your phone is not at hand?").click()
    lost.check()
    lost.page.get_by_role("link", name="I have lost my phone and my codes").click()
    lost.check()
    lost.press("Ask for help")
    lost.check()
    assert "Help is on its way" in lost.text()
    admin.open("/identity-checks")
    admin.page.get_by_role("link", name="Ines Tan").first.click()
    admin.check()
    assert "Your turn" in admin.text()
    admin.page.get_by_label("In person").check()
    admin.page.locator("#f-reference").fill("HR-2041")
    admin.press("It is them")
    admin.check()
    assert "Your check is noted" in admin.page.locator("main").inner_text()
    page = admin.page.url.removeprefix(admin.address)
    officer.open(page)
    officer.press("Agree")
    officer.check()
    assert "Approved" in officer.text()
    a_day_later(settings, portal)
    admin.open("/identity-checks")
    lost.open(link_of(portal, who.person, "factor_recovery_link"))
    lost.page.locator("#f-password").fill(GOOD)
    lost.press("Go on")
    lost.check()
    lost.page.get_by_text("Cannot scan it?").wait_for()
    secret = lost.page.locator("#qr-secret").inner_text().replace(" ", "")
    lost.page.locator("#f-code").fill(pyotp.TOTP(secret).now())
    lost.press("Use this app from now on")
    lost.check()
    assert lost.page.locator("#codes li").count() == 10
    lost.page.get_by_role("link", name="I have stored them, sign in").click()
    lost.check()
    officer.open(page)
    assert "New app set up" in officer.text()


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_links_that_stop_something_ask_before_they_do(site: Site, portal: Portal) -> None:
    who = somebody(portal, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    visitor = site.stranger()
    give_password(visitor, who)
    visitor.page.goto(visitor.address + "/sign-in/lost")
    visitor.press("Ask for help")
    visitor.open(value_of(portal, who.person, "factor_recovery_asked", "stop"))
    visitor.press("Stop it")
    visitor.check()
    visitor.open(value_of(portal, who.person, "factor_recovery_asked", "stop"))
    assert "This link has ended" in visitor.text()


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_another_address_is_confirmed_and_taken_back(site: Site, portal: Portal) -> None:
    who = somebody(portal, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    visitor = site.stranger()
    give_password(visitor, who)
    visitor.check()
    visitor.page.locator("#f-code").fill(who.code(portal.database.clock()))
    visitor.press("Sign in")
    visitor.open("/account/email")
    visitor.page.locator("#f-email").fill(an_address())
    visitor.press("Send the link")
    visitor.check()
    stranger = site.stranger()
    stranger.open(value_of(portal, who.person, "address_change_asked", "stop"))
    visitor.open(link_of(portal, who.person, "address_confirm"))
    visitor.press("Use this address")
    visitor.check()
    stranger.open(value_of(portal, who.person, "address_changed", "stop"))
    stranger.press("Take it back")
    stranger.check()


@pytest.mark.journey
def test_a_recovery_code_can_be_typed_where_a_code_is_asked(site: Site, portal: Portal) -> None:
    who = somebody(portal, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    visitor = site.stranger()
    give_password(visitor, who)
    spaced = " ".join(who.codes[0][at : at + 4] for at in range(0, 24, 4))
    visitor.page.locator("#f-code").press_sequentially(spaced)
    visitor.press("Sign in")
    visitor.page.wait_for_url(visitor.address + "/")


@pytest.mark.journey
def test_a_leaked_password_is_changed_on_the_way_in(site: Site, portal: Portal) -> None:
    who = somebody(portal, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    with portal.database.gate(Origin()) as work:
        marks.put(work, who.person, marks.Mark.LEAKED, PasswordLeaked(person=who.person))
    visitor = site.stranger()
    give_password(visitor, who)
    visitor.check()
    assert "Choose another password" in visitor.text()
