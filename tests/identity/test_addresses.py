from collections.abc import Callable

import pytest
from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.identity.store import organisations
from handoff_portal.web.portal import Portal
from identity.walks import Browsing, Clock, Enrolled, an_address, link_of, mails_of, somebody, value_of
from letters import mail_all

Open = Callable[..., Browsing]


@pytest.fixture
def who(house: Portal) -> Enrolled:
    return somebody(house)


@pytest.fixture
def browser(who: Enrolled, browsing: Open) -> Browsing:
    made = browsing()
    made.sign_in(who)
    return made


def address_of(house: Portal, who: Enrolled) -> str:
    with house.database.worker() as work:
        return organisations.load_person(work, who.person).email


def ask(browser: Browsing, email: str) -> None:
    page = browser.post("/account/email", page="/account/email", email=email)
    assert "Look into both mailboxes" in page.text


def confirm(house: Portal, who: Enrolled, browser: Browsing) -> None:
    page = browser.get(link_of(house, who.person, "address_confirm"))
    assert page.url.path == "/address/confirm"
    assert browser.post("/address/confirm").status_code == 200


def test_another_address_counts_once_it_answered(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    other = browsing()
    clock.pass_time(seconds=30)
    other.sign_in(who)
    email = an_address()
    ask(browser, email)
    assert address_of(house, who) == who.email
    browsing().get(link_of(house, who.person, "address_confirm"))
    assert address_of(house, who) == who.email
    confirm(house, who, browser)
    assert address_of(house, who) == email
    assert browser.get("/account").url.path == "/account"
    assert other.get("/account").url.path == "/sign-in"
    assert browsing().get(link_of(house, who.person, "address_confirm")).status_code == 404
    assert browsing().give_password(who.email).status_code == 422
    assert browsing().give_password(email).url.path == "/sign-in/code"


def test_a_fresh_code_is_needed(house: Portal, who: Enrolled, browser: Browsing, clock: Clock) -> None:
    browser.get("/account/email")
    clock.pass_time(minutes=6)
    page = browser.post("/account/email", email=an_address())
    assert page.url.path == "/step-up"
    assert "address_confirm" not in mails_of(house, who.person)
    assert browser.get("/account/email").url.path == "/step-up"


def test_the_earlier_mailbox_stops_it_before(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open
) -> None:
    ask(browser, an_address())
    confirming = link_of(house, who.person, "address_confirm")
    stranger = browsing()
    page = stranger.get(value_of(house, who.person, "address_change_asked", "stop"))
    assert "Stop the change" in page.text
    assert stranger.post("/address/stop").url.path == "/password/forgot"
    assert browser.get("/account").url.path == "/sign-in"
    assert browsing().get(confirming).status_code == 404
    assert "address_change_stopped" in mails_of(house, who.person)


def test_the_earlier_mailbox_takes_it_back_for_three_days(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    ask(browser, an_address())
    confirm(house, who, browser)
    clock.pass_time(hours=71)
    stop = value_of(house, who.person, "address_changed", "stop")
    stranger = browsing()
    assert "Take the new address back" in stranger.get(stop).text
    stranger.post("/address/stop")
    assert address_of(house, who) == who.email
    assert browsing().get(stop).status_code == 404


def test_after_three_days_it_stays(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    ask(browser, an_address())
    confirm(house, who, browser)
    clock.pass_time(hours=72, seconds=1)
    assert browsing().get(value_of(house, who.person, "address_changed", "stop")).status_code == 404


def test_a_second_change_cannot_hide_the_first(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open
) -> None:
    ask(browser, an_address())
    confirm(house, who, browser)
    page = browser.post("/account/email", page="/account/email", email=an_address())
    assert page.status_code == 409
    assert browsing().get(value_of(house, who.person, "address_changed", "stop")).status_code == 200


def test_a_taken_address_gets_the_same_answer_and_no_link(
    house: Portal, who: Enrolled, browser: Browsing
) -> None:
    taken = somebody(house).email
    ask(browser, taken)
    assert "address_confirm" not in mails_of(house, who.person)
    assert value_of(house, who.person, "address_taken", "to") == taken


def test_a_link_dies_after_a_day_and_when_another_takes_the_address(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    email = an_address()
    ask(browser, email)
    link = link_of(house, who.person, "address_confirm")
    page = browser.get(link)
    assert page.status_code == 200
    clock.pass_time(hours=24, seconds=1)
    assert browsing().get(link).status_code == 404
    assert browser.post("/address/confirm", page="/password/forgot").status_code == 404


def test_mails_go_to_the_mailbox_they_are_for(house: Portal, who: Enrolled, browser: Browsing) -> None:
    email = an_address()
    ask(browser, email)
    mails = [file.read_text() for file in mail_all(house)]
    assert any(f"To: {email}" in mail and "/new-address/" in mail for mail in mails)
    assert any(f"To: {who.email}" in mail and "/stop-address/" in mail for mail in mails)
    assert not any(f"To: {email}" in mail and "/stop-address/" in mail for mail in mails)


def test_the_log_and_the_row_hold_no_address(house: Portal, who: Enrolled, browser: Browsing) -> None:
    email = an_address()
    ask(browser, email)
    confirm(house, who, browser)
    with house.database.engine(Door.SEQUENCER).connect() as connection:
        leaves = (
            connection.execute(text("select convert_from(leaf, 'UTF8') from audit_event")).scalars().all()
        )
    assert not any(email in leaf for leaf in leaves)
    assert any('"email.changed"' in leaf for leaf in leaves)
    with house.database.engine(Door.GATE).connect() as connection:
        rows = connection.execute(text("select earlier, wanted from email_change")).all()
    assert not any(email.encode() in bytes(row.wanted or b"") for row in rows)


def test_password_and_factors_stay_with_the_person(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open, clock: Clock
) -> None:
    email = an_address()
    ask(browser, email)
    confirm(house, who, browser)
    clock.pass_time(seconds=30)
    fresh = browsing()
    fresh.give_password(email)
    assert fresh.give_code(who.code(clock.now)).url.path == "/"


def test_a_row_that_somebody_else_changed_changes_no_address(
    house: Portal, who: Enrolled, browser: Browsing, browsing: Open
) -> None:
    ask(browser, an_address())
    link = link_of(house, who.person, "address_confirm")
    victim = somebody(house)
    with house.database.engine(Door.GATE).begin() as connection:
        query = text("update email_change set person_id = :v where person_id = :p")
        connection.execute(query, {"v": victim.person, "p": who.person})
    assert browsing().get(link).status_code == 404
    assert address_of(house, victim) == victim.email
