from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from handoff_portal.adapters.database import Door
from handoff_portal.identity.actions.sweeping import sweep
from handoff_portal.web.portal import Portal
from identity.walks import BETTER, Browsing, Clock, somebody


def test_what_is_over_is_forgotten_and_what_lives_stays(
    house: Portal, browsing: Callable[[], Browsing], clock: Clock
) -> None:
    today = clock.now
    clock.pass_time(days=-40)
    who = somebody(house)
    browsing().sign_in(who)
    browsing().give_password("nobody@example.net", BETTER)
    clock.now = today
    living = browsing()
    living.sign_in(who)
    with house.database.worker() as work:
        assert count(house, "select count(*) from session where person_id = :p", who.person) == 5
        sweep(work)
    assert living.get("/account").url.path == "/account"
    assert count(house, "select count(*) from session where person_id = :p", who.person) == 2
    assert count(house, "select count(*) from throttle where arrival < :p", today - timedelta(days=2)) == 0


def count(house: Portal, query: str, value: object) -> int:
    with house.database.engine(Door.GATE).connect() as connection:
        found: int = connection.execute(text(query), {"p": value}).scalar_one()
        return found
