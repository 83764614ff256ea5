import re
from collections.abc import Callable

from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.web.portal import Portal
from identity.walks import BETTER, GOOD, Browsing, Clock, link_of, mails_of, somebody

Open = Callable[..., Browsing]


def without_tokens(page: str) -> str:
    return re.sub(r'"[\w-]{43}"', "", page)


def asked(browsing: Open, email: str) -> Browsing:
    browser = browsing()
    page = browser.post("/password/forgot", page="/password/forgot", email=email)
    assert page.status_code == 200
    assert "Look into your mail" in page.text
    return browser


def test_a_new_password_needs_the_mailed_link_and_the_second_factor(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    signed_in = browsing()
    signed_in.sign_in(who)
    browser = asked(browsing, who.email)
    link = link_of(house, who.person, "password_reset")
    page = browser.get(link)
    assert page.url.path == "/password/reset"
    page = browser.post("/password/reset", password=BETTER, code="000000")
    assert page.status_code == 422
    assert "f-code-error" in page.text
    clock.pass_time(seconds=30)
    page = browser.post("/password/reset", password=BETTER, code=who.code(clock.now))
    assert page.url.path == "/sign-in"
    assert "changed" in page.text
    assert not browser.session
    assert signed_in.get("/account").url.path == "/sign-in"
    assert "password_changed" in mails_of(house, who.person)
    assert browsing().get(link).status_code == 404
    clock.pass_time(seconds=30)
    assert browsing().give_password(who.email, GOOD).status_code == 422
    again = browsing()
    again.sign_in(who, BETTER)
    assert again.get("/account").url.path == "/account"


def test_a_recovery_code_is_a_second_factor_too(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    browser = asked(browsing, who.email)
    browser.get(link_of(house, who.person, "password_reset"))
    assert browser.post("/password/reset", password=BETTER, code=who.codes[3]).url.path == "/sign-in"


def test_unknown_addresses_get_the_same_answer_and_no_mail(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    known = asked(browsing, who.email).last
    unknown = asked(browsing, "nobody.here@example.net").last
    assert known is not None
    assert unknown is not None
    assert without_tokens(known.text) == without_tokens(unknown.text)
    with house.database.engine(Door.WORKER).connect() as connection:
        query = text("select count(*) from outbox where person_id = :p")
        assert connection.execute(query, {"p": who.person}).scalar_one() == 2


def test_reset_mails_are_few(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    for email in (who.email, "no.such.person@example.net"):
        for _ in range(3):
            asked(browsing, email)
        browser = browsing()
        assert browser.post("/password/forgot", page="/password/forgot", email=email).status_code == 429
    assert mails_of(house, who.person).count("password_reset") == 3


def test_a_link_dies_after_half_an_hour_and_with_the_next_sign_in(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    asked(browsing, who.email)
    first = link_of(house, who.person, "password_reset")
    assert browsing().get(first).status_code == 200
    clock.pass_time(minutes=30, seconds=1)
    assert browsing().get(first).status_code == 404
    asked(browsing, who.email)
    second = link_of(house, who.person, "password_reset")
    browsing().sign_in(who)
    assert browsing().get(second).status_code == 404


def test_a_weak_new_password_does_not_cost_a_code(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    browser = asked(browsing, who.email)
    browser.get(link_of(house, who.person, "password_reset"))
    code = who.code(clock.now)
    assert browser.post("/password/reset", password="too short", code=code).status_code == 422
    assert browser.post("/password/reset", password=BETTER, code=code).url.path == "/sign-in"
