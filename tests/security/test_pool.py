"""Many people through few connections: nobody ever sees what another one's session would show."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handoff_portal.adapters.database import Database, Door
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Unavailable
from handoff_portal.web.portal import Portal
from people import SignedIn, people

REQUESTS = 2_000
SOAK_REQUESTS = 50_000
THREADS = 24


class Gone(Exception):
    """The browser went away in the middle of its request."""


def leave(chance: random.Random, share: float) -> None:
    """Some browsers go away."""
    if chance.random() < share:
        raise Gone


def a_request(database: Database, somebody: SignedIn, chance: random.Random) -> str:
    """What one request of this person found: ok, wrong or how it ended early."""
    try:
        with database.work(somebody.actor) as work:
            leave(chance, 0.15)
            if chance.random() < 0.1:
                work.read(text("set local statement_timeout = 1"))
                work.read(text("select pg_sleep(1)"))
            found = set(work.read(text("select org_id from session")).scalars())
            found |= {work.read(text("select ctx_org()")).scalar_one()}
            leave(chance, 0.1)
    except Gone:
        return "gone"
    except (Unavailable, DBAPIError):
        return "cancelled"
    return "ok" if found == {somebody.actor.org} else "wrong"


def run(portal: Portal, number: int) -> Counter[str]:
    crowd = people(portal, [OrgKind.BUSINESS, OrgKind.AGENCY] * 8)
    database = Database({Door.APP: portal.settings.app_url}, portal.vault, portal.database.clock, pool=4)
    chance = random.Random(20261121)  # noqa: S311 - a repeatable crowd
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            told = threads.map(
                lambda seed: a_request(database, crowd[seed % len(crowd)], random.Random(seed)),  # noqa: S311
                [chance.randrange(10**9) for _ in range(number)],
            )
            found = Counter(told)
        with database.engine(Door.APP).connect() as connection:
            left = connection.execute(text("select current_setting('app.session', true)")).scalar_one()
        assert not left, "a connection went back with somebody's session"
    finally:
        database.close()
    return found


def require_no_leak(found: Counter[str], number: int) -> None:
    assert found["wrong"] == 0
    assert found["ok"] > number // 3
    assert found["gone"]
    assert found["cancelled"]


def test_cancelled_and_crowded_requests_never_see_another_organisation(portal: Portal) -> None:
    require_no_leak(run(portal, REQUESTS), REQUESTS)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_same_with_fifty_thousand_requests(portal: Portal) -> None:
    number = int(os.environ.get("HANDOFF_SOAK", SOAK_REQUESTS))
    require_no_leak(run(portal, number), number)
