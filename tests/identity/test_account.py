import base64
import re
from collections.abc import Callable

import pytest

from handoff_portal.adapters import totp
from handoff_portal.core.actor import Origin
from handoff_portal.identity.store.sessions import SESSION
from handoff_portal.web.portal import Portal
from identity.walks import BETTER, GOOD, Browsing, Clock, Enrolled, actions_of, mails_of, somebody

Open = Callable[..., Browsing]


@pytest.fixture
def who(house: Portal) -> Enrolled:
    return somebody(house)


@pytest.fixture
def browser(who: Enrolled, browsing: Open, clock: Clock) -> Browsing:
    """Signed in ten minutes ago, so that guarded pages ask again."""
    made = browsing()
    made.sign_in(who)
    clock.pass_time(minutes=10)
    return made


def test_guarded_pages_ask_for_a_code_and_lead_back(who: Enrolled, browser: Browsing) -> None:
    for path in ("/account/authenticator", "/account/recovery-codes", "/people/invite"):
        page = browser.get(path)
        assert page.url.path == "/step-up"
        assert dict(page.url.params)["next"] == path
    page = browser.post("/step-up", code=who.code(browser.house.database.clock()), next="/people/invite")
    assert page.url.path == "/people/invite"
    assert browser.get("/account/recovery-codes").url.path == "/account/recovery-codes"


def test_a_wrong_code_does_not_open_what_is_guarded(browser: Browsing) -> None:
    assert browser.post("/step-up", page="/step-up", code="000000").status_code == 422
    assert browser.get("/account/recovery-codes").url.path == "/step-up"


def test_a_guarded_form_sent_too_late_leads_to_the_code_and_back(
    who: Enrolled, browser: Browsing, clock: Clock
) -> None:
    browser.step_up(who)
    form = browser.get("/account/recovery-codes")
    clock.pass_time(minutes=6)
    browser.last = form
    page = browser.post("/account/recovery-codes")
    assert page.url.path == "/step-up"
    assert dict(page.url.params)["next"] == "/account/recovery-codes"


def test_confirming_does_not_prolong_the_session(who: Enrolled, browser: Browsing, clock: Clock) -> None:
    for _ in range(60):
        if browser.step_up(who).url.path == "/sign-in":
            break
        clock.pass_time(minutes=10)
    assert browser.get("/account").url.path == "/sign-in"


def test_name_and_time_zone_can_be_changed(browser: Browsing) -> None:
    page = browser.post("/account", page="/account", name="Ines Tan-Berg", time_zone="Europe/Madrid")
    assert "saved" in page.text
    assert "Ines Tan-Berg" in page.text
    page = browser.post("/account", page="/account", name="I", time_zone="Mars/Olympus")
    assert page.status_code == 422


def test_other_browsers_can_be_signed_out(who: Enrolled, browser: Browsing, browsing: Open) -> None:
    other = browsing()
    other.sign_in(who)
    page = browser.get("/account")
    found = re.search(r'action="(/account/sessions/[0-9a-f-]+/end)"', page.text)
    assert found
    browser.post(found.group(1))
    assert other.get("/account").url.path == "/sign-in"
    assert browser.get("/account").url.path == "/account"


def test_nobody_ends_a_strangers_session(
    house: Portal, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    stranger = browsing()
    stranger.sign_in(somebody(house))
    clock.pass_time(seconds=30)
    second = browsing()
    second.sign_in(somebody(house))
    found = re.search(r'action="/account/sessions/([0-9a-f-]+)/end"', stranger.get("/account").text)
    assert found is None
    newest = SESSION.select().order_by(SESSION.c.created_at.desc()).limit(1)
    with house.database.gate(Origin()) as work:
        row = work.read(newest).first()
    assert row is not None
    assert browser.post(f"/account/sessions/{row.id}/end", page="/account").status_code == 404
    assert second.get("/account").url.path == "/account"


def test_a_changed_password_signs_everybody_else_out(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    other = browsing()
    other.sign_in(who)
    clock.pass_time(seconds=30)
    browser.step_up(who)
    old, known = browser.session, actions_of(house, who.person)
    page = browser.post("/account/password", page="/account/password", current=GOOD, password=BETTER)
    assert "Your password is changed" in page.text
    assert browser.session != old
    told = actions_of(house, who.person)[len(known) :]
    assert told == ["password.changed", "session.revoked", "session.renewed"]
    assert other.get("/account").url.path == "/sign-in"
    assert "password_changed" in mails_of(house, who.person)
    clock.pass_time(seconds=30)
    fresh = browsing()
    fresh.sign_in(who, BETTER)
    assert fresh.get("/account").url.path == "/account"


def test_changing_the_password_needs_a_fresh_code_and_does_not_stand_for_one(
    who: Enrolled, browser: Browsing, clock: Clock
) -> None:
    """A stolen session and the password are no second factor: neither for the change nor after it."""
    page = browser.post("/account/password", page="/account", current=GOOD, password=BETTER)
    assert page.url.path == "/step-up"
    assert browser.get("/account/recovery-codes").url.path == "/step-up"
    browser.step_up(who)
    clock.pass_time(minutes=4)
    page = browser.post("/account/password", page="/account/password", current=GOOD, password=BETTER)
    assert "Your password is changed" in page.text
    clock.pass_time(minutes=2)
    assert browser.get("/account/recovery-codes").url.path == "/step-up"


def test_changing_the_password_needs_the_current_one(who: Enrolled, browser: Browsing) -> None:
    browser.step_up(who)
    page = browser.post("/account/password", page="/account/password", current=BETTER, password=BETTER)
    assert page.status_code == 422
    assert "f-current-error" in page.text
    statuses = [
        browser.post("/account/password", page="/account/password", current="no", password=BETTER).status_code
        for _ in range(10)
    ]
    assert statuses[-1] == 429


def test_another_authenticator_takes_over_once_its_code_was_typed(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    other = browsing()
    other.sign_in(who)
    clock.pass_time(seconds=30)
    browser.step_up(who)
    browser.get("/account/authenticator")
    page = browser.post("/account/authenticator/new")
    found = re.search(r'id="qr-secret">([A-Z2-7 ]+)<', page.text)
    assert found
    secret = base64.b32decode(found.group(1).replace(" ", ""))
    assert browser.post("/account/authenticator", code="000000").status_code == 422
    assert other.get("/account").url.path == "/account"
    page = browser.post("/account/authenticator", code=totp.code_at(secret, clock.now))
    assert "new authenticator app" in page.text
    told = actions_of(house, who.person)[-3:]
    assert told == ["factor.changed", "session.revoked", "session.renewed"]
    assert other.get("/account").url.path == "/sign-in"
    assert "factor_changed" in mails_of(house, who.person)
    clock.pass_time(seconds=60)
    again = browsing()
    again.give_password(who.email)
    assert again.give_code(who.code(clock.now)).status_code == 422
    again.get("/sign-in/code")
    again.give_code(totp.code_at(secret, clock.now))
    assert again.get("/account").url.path == "/account"


def test_new_recovery_codes_void_the_earlier_ones(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open
) -> None:
    browser.step_up(who)
    page = browser.post("/account/recovery-codes", page="/account/recovery-codes")
    codes = re.findall(r"<li><code>([A-Z2-7 ]+)</code>", page.text)
    assert len(codes) == 10
    assert "recovery_codes_renewed" in mails_of(house, who.person)
    other = browsing()
    other.give_password(who.email)
    assert other.give_code(who.codes[0]).status_code == 422
    other.get("/sign-in/code")
    other.give_code(codes[0])
    assert other.get("/account").url.path == "/account"
