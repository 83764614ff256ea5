from collections.abc import Callable

import pytest

from handoff_portal.adapters import totp
from handoff_portal.identity.actions.recovery_renewal import open_due
from identity.helping import Cast, events_of
from identity.walks import GOOD, Browsing, mails_of, new_secret_of, value_of

Open = Callable[..., Browsing]


def test_two_people_and_a_day_later_a_new_app_is_set_up(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    link = cast.wait()
    browser = browsing()
    page = browser.get(link)
    assert page.url.path == "/sign-in/new-factor"
    assert browser.post("/sign-in/new-factor", password="not this one at all").status_code == 422
    page = browser.post("/sign-in/new-factor", password=GOOD)
    assert page.url.path == "/sign-in/new-app"
    secret = new_secret_of(page.text)
    assert browser.post("/sign-in/new-app", code="000000").status_code == 422
    page = browser.post("/sign-in/new-app", code=totp.code_at(secret, cast.clock.now))
    assert page.status_code == 200
    assert page.text.count("<li><code>") == 10
    assert cast.ending() == "completed"
    assert browser.get("/account").url.path == "/sign-in"
    assert browsing().get(link).status_code == 404
    cast.clock.pass_time(seconds=30)
    again = browsing()
    again.give_password(cast.person.email)
    assert again.give_code(cast.person.code(cast.clock.now)).status_code == 422
    assert again.give_code(cast.person.codes[0]).status_code == 422
    assert again.give_code(totp.code_at(secret, cast.clock.now)).url.path == "/"
    for who in (cast.person, cast.admin, cast.officer):
        assert "factor_recovery_completed" in mails_of(cast.house, who.person)


def test_completion_ends_sessions_and_known_browsers(cast: Cast, browsing: Open) -> None:
    known = browsing()
    known.sign_in(cast.person)
    cast.clock.pass_time(minutes=1)
    cast.ask()
    cast.check()
    cast.approve()
    browser = browsing()
    browser.get(cast.wait())
    page = browser.post("/sign-in/new-factor", password=GOOD)
    secret = new_secret_of(page.text)
    browser.post("/sign-in/new-app", code=totp.code_at(secret, cast.clock.now))
    assert known.get("/account").url.path == "/sign-in"
    cast.clock.pass_time(seconds=30)
    before = mails_of(cast.house, cast.person.person).count("new_sign_in")
    known.give_password(cast.person.email)
    known.give_code(totp.code_at(secret, cast.clock.now))
    assert mails_of(cast.house, cast.person.person).count("new_sign_in") == before + 1


def test_the_link_comes_not_a_minute_before_its_day(cast: Cast) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    cast.clock.pass_time(hours=23, minutes=59)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)
    cast.clock.pass_time(minutes=1)
    open_due(cast.house.database)
    assert mails_of(cast.house, cast.person.person).count("factor_recovery_link") == 1


def test_everybody_is_told_at_every_step(cast: Cast) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    cast.wait()
    steps = ["asked", "checked", "approved"]
    for who in (cast.person, cast.admin):
        told = mails_of(cast.house, who.person)
        assert [mail for mail in told if mail.startswith("factor_recovery")][:3] == [
            f"factor_recovery_{step}" for step in steps
        ]
    assert "factor_recovery_opened" in mails_of(cast.house, cast.admin.person)
    assert "factor_recovery_checked" in mails_of(cast.house, cast.officer.person)
    said = "\n".join(events_of(cast))
    assert "HR-2041" not in said
    for action in ("asked", "checked", "approved", "opened"):
        assert f"factor_recovery.{action}" in said


def test_home_shows_a_request_to_those_whose_turn_it_is(cast: Cast) -> None:
    cast.ask()
    page = f"/identity-checks/{cast.id}"
    assert page in cast.at_admin.get("/").text
    assert page not in cast.at_officer.get("/").text
    cast.check()
    assert page not in cast.at_admin.get("/").text
    assert page in cast.at_officer.get("/").text


def test_showing_a_factor_ends_the_request(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.clock.pass_time(seconds=30)
    browsing().sign_in(cast.person)
    assert cast.ending() == "signed_in"
    assert "factor_recovery_stopped" in mails_of(cast.house, cast.admin.person)


def test_the_mailed_link_stops_it_without_signing_in_and_not_by_looking(cast: Cast, browsing: Open) -> None:
    cast.ask()
    stop = value_of(cast.house, cast.person.person, "factor_recovery_asked", "stop")
    browser = browsing()
    assert "Stop the request?" in browser.get(stop).text
    assert cast.ending() is None
    assert browser.post("/sign-in/stop-help").url.path == "/sign-in"
    assert cast.ending() == "by_person"
    assert browsing().get(stop).status_code == 404


@pytest.mark.parametrize("who", ["admin", "officer"])
def test_an_administrator_and_an_officer_can_stop_it(cast: Cast, who: str) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    browser = cast.at_admin if who == "admin" else cast.at_officer
    page = browser.post(f"/identity-checks/{cast.id}/stop", page=f"/identity-checks/{cast.id}")
    assert "is stopped" in page.text
    assert cast.ending() == f"by_{who}"
    cast.clock.pass_time(hours=25)
    open_due(cast.house.database)
    assert "factor_recovery_link" not in mails_of(cast.house, cast.person.person)


def test_a_session_that_still_lives_can_stop_it(cast: Cast, browsing: Open) -> None:
    known = browsing()
    known.sign_in(cast.person)
    cast.ask()
    page = known.get("/account")
    assert "Somebody says that your phone and codes are lost" in page.text
    known.post("/account/stop-help")
    assert cast.ending() == "by_person"


def test_a_request_nobody_answers_lapses(cast: Cast) -> None:
    cast.ask()
    cast.clock.pass_time(days=7, minutes=1)
    open_due(cast.house.database)
    assert cast.ending() == "lapsed"
    assert "factor_recovery_stopped" in mails_of(cast.house, cast.person.person)


def test_the_password_alone_never_shows_the_new_secret(cast: Cast, browsing: Open) -> None:
    cast.ask()
    cast.check()
    cast.approve()
    browser = browsing()
    browser.get(cast.wait())
    browser.post("/sign-in/new-factor", password=GOOD)
    thief = browsing()
    thief.give_password(cast.person.email)
    assert "qr-secret" not in thief.get("/enrol/authenticator").text
    assert "qr-secret" not in thief.get("/sign-in/new-app").text
