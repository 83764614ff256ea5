import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.sign_in import REFUSED
from handoff_portal.identity.model.session import MOST_AT_ONCE
from handoff_portal.web.portal import Portal
from identity.walks import BETTER, GOOD, Browsing, Clock, mails_of, somebody

Open = Callable[..., Browsing]


def inside(browser: Browsing) -> bool:
    return browser.get("/account").url.path == "/account"


def test_password_and_code_let_a_person_in(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    browser = browsing()
    page = browser.give_password(who.email)
    assert page.url.path == "/sign-in/code"
    assert not inside(browser)
    browser.get("/sign-in/code")
    browser.give_code(who.code(house.database.clock()))
    assert inside(browser)


def test_every_step_of_trust_gets_a_new_session_and_ends_the_old_one(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    browser = browsing()
    browser.carry("A" * 43)
    seen = ["A" * 43]
    browser.give_password(who.email)
    seen.append(browser.session)
    browser.give_code(who.code(clock.now))
    seen.append(browser.session)
    clock.pass_time(seconds=30)
    browser.step_up(who)
    seen.append(browser.session)
    assert len(set(seen)) == 4
    assert inside(browser)
    for old in seen[:-1]:
        thief = browsing()
        thief.carry(old)
        assert not inside(thief)


def test_unknown_and_known_addresses_get_the_same_answer(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    answers = []
    for email in (who.email, "nobody.at.all@example.net"):
        browser = browsing()
        page = browser.give_password(email, BETTER)
        shown = page.text.replace(email, "").replace(str(page.request.content), "")
        answers.append((page.status_code, re.sub(r'"[\w-]{43}"', "", shown)))
        assert REFUSED.split(".")[0] in page.text
    assert answers[0] == answers[1]


def test_an_invited_or_disabled_person_is_refused_like_everybody_else(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    with house.database.engine(Door.GATE).begin() as connection:
        connection.execute(text("update person set state = 'disabled' where id = :id"), {"id": who.person})
    assert REFUSED.split(".")[0] in browsing().give_password(who.email).text


def test_a_wrong_code_is_refused_and_the_owner_hears_that_the_password_was_right(
    house: Portal, browsing: Open
) -> None:
    who = somebody(house)
    browser = browsing()
    browser.give_password(who.email)
    form = browser.last
    page = browser.give_code("000000" if who.code(house.database.clock()) != "000000" else "111111")
    assert page.status_code == 422
    assert "not right" in page.text
    browser.last = form
    browser.give_code("12")
    assert mails_of(house, who.person).count("code_refused") == 1
    assert not inside(browser)


def test_a_code_opens_once(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    code = who.code(clock.now)
    browsing().sign_in(who)
    second = browsing()
    second.give_password(who.email)
    page = second.give_code(code)
    assert page.status_code == 422
    assert "used already" in page.text


def test_an_older_code_is_refused_after_a_newer_one(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    clock.pass_time(minutes=2)
    older = who.code(clock.now)
    clock.pass_time(seconds=30)
    browsing().sign_in(who)
    second = browsing()
    second.give_password(who.email)
    assert "used already" in second.give_code(older).text


def test_a_wrong_clock_is_named_only_after_the_right_password(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    clock.pass_time(minutes=10)
    late = who.code(clock.now)
    clock.pass_time(minutes=3)
    browser = browsing()
    browser.give_password(who.email)
    assert "clock" in browser.give_code(late).text


def test_a_recovery_code_opens_once_and_its_owner_hears_of_it(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    first = browsing()
    first.give_password(who.email)
    first.give_code(who.codes[0].lower()[:12] + " " + who.codes[0].lower()[12:])
    assert inside(first)
    second = browsing()
    second.give_password(who.email)
    assert second.give_code(who.codes[0]).status_code == 422
    assert "recovery_code_used" in mails_of(house, who.person)
    assert "9 left" in first.get("/account").text


def test_the_owner_hears_of_a_new_browser_and_not_of_a_known_one(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    browser = browsing()
    browser.sign_in(who)
    assert "new_sign_in" not in mails_of(house, who.person)
    browser.post("/sign-out", page="/account")
    clock.pass_time(seconds=30)
    browser.sign_in(who)
    assert "new_sign_in" not in mails_of(house, who.person)
    clock.pass_time(seconds=30)
    browsing().sign_in(who)
    assert mails_of(house, who.person).count("new_sign_in") == 1


def test_a_session_ends_when_it_rests_and_at_the_latest_after_its_whole_time(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    admin, member = somebody(house), somebody(house, OrgKind.BUSINESS, Role.BUSINESS_MEMBER)
    for who, idle, whole in ((admin, 15, 8), (member, 30, 12)):
        browser = browsing()
        clock.pass_time(seconds=30)
        browser.sign_in(who)
        for _ in range(whole * 60 // (idle - 1)):
            assert inside(browser)
            clock.pass_time(minutes=idle - 1)
        clock.pass_time(minutes=idle - 1)
        assert not inside(browser)
        browser.sign_in(who)
        assert inside(browser)
        clock.pass_time(minutes=idle, seconds=1)
        assert not inside(browser)


def test_a_session_that_was_ended_never_comes_back(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    browser = browsing()
    browser.sign_in(who)
    token = browser.session
    page = browser.post("/sign-out", page="/account", follow=False)
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not browser.session
    thief = browsing()
    thief.carry(token)
    for _ in range(3):
        assert not inside(thief)


def test_nobody_is_signed_in_more_than_five_times(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    browsers = []
    for _ in range(MOST_AT_ONCE + 1):
        clock.pass_time(seconds=30)
        browsers.append(browsing())
        browsers[-1].sign_in(who)
    assert not inside(browsers[0])
    assert all(inside(browser) for browser in browsers[1:])


def test_after_sign_in_one_gets_where_one_wanted_but_never_elsewhere(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    who = somebody(house)
    for wanted, reached in (
        ("/people", "/people"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/sign-out", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
    ):
        clock.pass_time(seconds=30)
        browser = browsing()
        browser.post("/sign-in", page="/sign-in", email=who.email, password=GOOD, next=wanted)
        page = browser.post("/sign-in/code", code=who.code(clock.now), next=wanted, follow=False)
        assert urlsplit(page.headers["Location"]).path == reached
        assert not urlsplit(page.headers["Location"]).netloc


def test_refused_sign_ins_are_in_the_log(house: Portal, browsing: Open) -> None:
    who = somebody(house)
    browsing().give_password(who.email, "not this one, is it")
    query = text(
        "select convert_from(leaf, 'UTF8') from audit_event where action = 'sign_in.refused' order by id desc"
    )
    with house.database.engine(Door.SEQUENCER).connect() as connection:
        leaf = connection.execute(query).scalars().first()
    assert leaf is not None
    assert '"why":"wrong_password"' in leaf
    assert who.email not in leaf


@pytest.mark.parametrize("path", ["/sign-in", "/password/forgot"])
def test_forms_without_their_token_or_from_elsewhere_are_refused(browsing: Open, path: str) -> None:
    browser = browsing()
    browser.get(path)
    assert browser.client.post(path, data={"email": "a@example.net"}).status_code == 403
    assert browser.last is not None
    browser.client.headers["Sec-Fetch-Site"] = "cross-site"
    assert browser.post(path, email="a@example.net").status_code == 403
