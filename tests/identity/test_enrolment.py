import base64
import re
from collections.abc import Callable

from handoff_portal.adapters import totp
from handoff_portal.core.permissions import OrgKind
from handoff_portal.identity.store import organisations
from handoff_portal.web.portal import Portal
from identity.walks import (
    GOOD,
    Browsing,
    Clock,
    Enrolled,
    an_invitation,
    invitation_path,
    link_of,
    mails_of,
    somebody,
)

Open = Callable[[], Browsing]
SECRET = re.compile(r'id="qr-secret">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li><code>([A-Z2-7 ]+)</code>")


def secret_on(page: str) -> bytes:
    found = SECRET.search(page)
    assert found
    return base64.b32decode(found.group(1).replace(" ", ""))


def test_an_invited_person_enrols_step_by_step_and_is_signed_in(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    organisation, email, token = an_invitation(house, OrgKind.AGENCY)
    with house.database.worker() as work:
        person = organisations.find_person_by_email(work, email)
    assert person
    assert mails_of(house, person.id) == ["invitation"]
    assert link_of(house, person.id, "invitation") == invitation_path(token)

    browser = browsing()
    page = browser.get(invitation_path(token))
    assert page.url.path == "/enrol"
    assert email in page.text
    assert organisation.name in page.text
    page = browser.post("/enrol", password=GOOD)
    assert page.url.path == "/enrol/authenticator"
    secret = secret_on(page.text)
    assert "style=" not in page.text
    page = browser.post("/enrol/authenticator", code=totp.code_at(secret, clock.now))
    assert page.url.path == "/enrol/recovery-codes"
    page = browser.post("/enrol/recovery-codes")
    codes = CODES.findall(page.text)
    assert len(codes) == 10
    stage = browser.session
    browser.post("/enrol/done")
    assert browser.session != stage
    assert browser.get("/account").status_code == 200

    clock.pass_time(seconds=30)
    other = browsing()
    who = Enrolled(person.id, organisation, email, secret, tuple(codes))
    other.sign_in(who)
    assert other.get("/account").url.path == "/account"
    assert browsing().get(invitation_path(token)).status_code == 404


def test_following_the_link_uses_nothing_up(house: Portal, browsing: Open) -> None:
    _, _, token = an_invitation(house)
    for _ in range(3):
        assert browsing().get(invitation_path(token)).status_code == 200
    page = browsing().get(invitation_path(token), follow=False)
    assert page.status_code == 303
    assert page.headers["Location"] == "/enrol"
    assert "HttpOnly" in page.headers["Set-Cookie"]


def test_the_link_stays_in_the_browser_for_ten_minutes_only(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    _, _, token = an_invitation(house)
    browser = browsing()
    browser.get(invitation_path(token))
    clock.pass_time(minutes=11)
    assert browser.get("/enrol").status_code == 404


def test_an_invitation_ends_after_three_days(house: Portal, browsing: Open, clock: Clock) -> None:
    _, _, token = an_invitation(house)
    clock.pass_time(hours=72, seconds=1)
    page = browsing().get(invitation_path(token))
    assert page.status_code == 404
    assert "ended" in page.text


def test_a_made_up_link_opens_nothing(browsing: Open) -> None:
    for link in ("x", "A" * 43, "A" * 2000, "%00"):
        assert browsing().get(f"/invitation/{link}").status_code == 404


def test_a_weak_password_is_refused_at_its_field_and_nothing_is_used_up(
    house: Portal, browsing: Open
) -> None:
    organisation, email, token = an_invitation(house)
    browser = browsing()
    browser.get(invitation_path(token))
    for weak in ("short", "a" * 20, "passwordpassword", "12345678901234567890", email, "x" * 129):
        page = browser.post("/enrol", password=weak)
        assert page.status_code == 422, weak
        assert "f-password-error" in page.text
    assert browser.post("/enrol", password=GOOD).url.path == "/enrol/authenticator"
    assert organisation.name


def test_an_interrupted_person_begins_again_with_the_same_link(house: Portal, browsing: Open) -> None:
    _, email, token = an_invitation(house)
    first = browsing()
    first.get(invitation_path(token))
    first.post("/enrol", password=GOOD)
    old = first.session
    second = browsing()
    second.get(invitation_path(token))
    second.post("/enrol", password=GOOD + " indeed")
    first.carry(old)
    assert first.get("/enrol/authenticator").url.path == "/sign-in"
    assert browsing().give_password(email, GOOD + " indeed").status_code == 422


def test_a_wrong_first_code_is_refused_and_five_in_a_row_have_to_wait(house: Portal, browsing: Open) -> None:
    _, _, token = an_invitation(house)
    browser = browsing()
    browser.get(invitation_path(token))
    form = browser.post("/enrol", password=GOOD)
    for _ in range(5):
        browser.last = form
        assert browser.post("/enrol/authenticator", code="000000").status_code == 422
    browser.last = form
    page = browser.post("/enrol/authenticator", code="000000")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0


def test_nobody_skips_a_step_of_enrolment(house: Portal, browsing: Open) -> None:
    _, _, token = an_invitation(house)
    browser = browsing()
    browser.get(invitation_path(token))
    form = browser.post("/enrol", password=GOOD)
    browser.last = form
    assert browser.post("/enrol/done").status_code == 409
    browser.last = form
    assert browser.post("/enrol/recovery-codes").status_code == 409
    assert browser.get("/people").url.path == "/sign-in"
    assert browser.get("/account").url.path == "/sign-in"


def test_the_demo_enrols_people_through_the_same_steps_and_they_sign_in_at_once(
    house: Portal, browsing: Open
) -> None:
    who = somebody(house)
    browser = browsing()
    browser.sign_in(who)
    assert browser.get("/account").url.path == "/account"
