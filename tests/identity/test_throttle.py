from collections.abc import Callable

from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.identity.actions.sign_in import REFUSED
from handoff_portal.identity.model.throttle import MOST_STRANGE_FAILURES
from handoff_portal.web.portal import Portal
from identity.walks import BETTER, Browsing, Clock, mails_of, somebody

Open = Callable[..., Browsing]


def test_an_attack_does_not_keep_the_owner_out(house: Portal, browsing: Open, clock: Clock) -> None:
    victim = somebody(house)
    known = browsing()
    known.sign_in(victim)
    known.post("/sign-out", page="/account")
    statuses = [browsing().give_password(victim.email, BETTER).status_code for _ in range(12)]
    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429, 429]
    clock.pass_time(seconds=30)
    known.sign_in(victim)
    assert known.get("/account").url.path == "/account"


def test_unknown_addresses_are_throttled_alike(browsing: Open) -> None:
    statuses = [browsing().give_password("nobody@example.net", BETTER).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_one_network_may_be_wrong_twenty_times_in_five_minutes(browsing: Open, clock: Clock) -> None:
    one = browsing("2001:db8:1:2::1")
    for number in range(20):
        assert one.give_password(f"guess{number}@example.org", BETTER).status_code == 422
    neighbour = browsing("2001:db8:1:2::ffff")
    page = neighbour.give_password("guess20@example.org", BETTER)
    assert page.status_code == 429
    wait = int(page.headers["Retry-After"])
    assert 0 < wait <= 15
    clock.pass_time(seconds=wait)
    assert neighbour.give_password("guess21@example.org", BETTER).status_code == 422


def test_right_passwords_do_not_use_up_the_network(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    for _ in range(22):
        assert browsing("192.0.2.77").give_password(who.email).status_code == 200
        clock.pass_time(seconds=1)


def test_after_a_hundred_wrong_passwords_only_known_browsers_and_a_reset_open_the_account(
    house: Portal, browsing: Open, clock: Clock
) -> None:
    victim = somebody(house)
    known = browsing()
    known.sign_in(victim)
    with house.database.engine(Door.GATE).begin() as connection:
        connection.execute(
            text("update person set strange_failures = :n where id = :id"),
            {"n": MOST_STRANGE_FAILURES - 1, "id": victim.person},
        )
    browsing().give_password(victim.email, BETTER)
    assert mails_of(house, victim.person).count("account_guarded") == 1
    stranger = browsing().give_password(victim.email)
    assert stranger.status_code == 422
    assert REFUSED.split(".")[0] in stranger.text
    known.post("/sign-out", page="/account")
    clock.pass_time(seconds=30)
    known.sign_in(victim)
    assert known.get("/account").url.path == "/account"


def test_codes_are_throttled_and_the_right_one_waits_too(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    browser = browsing()
    browser.give_password(who.email)
    form = browser.last
    for _ in range(5):
        browser.last = form
        assert browser.give_code("12345").status_code == 422
    browser.last = form
    assert browser.give_code(who.code(clock.now)).status_code == 429
    clock.pass_time(minutes=1)
    browser.last = form
    browser.give_code(who.code(clock.now))
    assert browser.get("/account").url.path == "/account"


def test_counters_hold_no_address(house: Portal, browsing: Open) -> None:
    browsing().give_password("somebody.special@example.net", BETTER)
    with house.database.engine(Door.GATE).connect() as connection:
        rows = connection.execute(text("select bucket from throttle")).scalars().all()
    assert rows
    assert all(len(bytes(bucket)) == 32 for bucket in rows)
