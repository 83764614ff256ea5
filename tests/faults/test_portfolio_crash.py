"""A database that dies while a portfolio becomes cases: each of its chunks is whole or not there at all."""

import signal

import pytest

from faults.test_database import House, house
from handoff_portal.core.permissions import OrgKind
from handoff_portal.portfolios.actions.committing import commit_chunk, commit_next, open_order
from handoff_portal.portfolios.model.portfolio import Done, State
from people import people
from portfolio_steps import a_file, approved, shown
from portfolios.test_breaking import require_whole

__all__ = ["house"]
ACCOUNTS = 1600


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL])
def test_it_goes_on_with_the_chunks_that_the_disk_has_not_seen(house: House, how: signal.Signals) -> None:
    (person,) = people(house.portal, [OrgKind.BUSINESS])
    numbers = {f"{how.value}{n:05d}": 150_00 for n in range(ACCOUNTS)}
    made = approved(house.portal, person.actor, a_file(0, **numbers))
    order = open_order(house.portal.database, made)
    assert commit_chunk(house.portal.database, order)
    assert commit_chunk(house.portal.database, order)
    house.kill(how)
    house.restart()
    now = shown(house.portal, person.actor, made)
    assert now.state is State.COMMITTING
    assert now.done.made in {0, 500, 1000}
    with house.look() as administrator:
        require_whole(administrator, person.actor.org, now.done.made)
    assert commit_next(house.portal.database)
    now = shown(house.portal, person.actor, made)
    assert (now.state, now.done) == (State.DONE, Done(made=ACCOUNTS))
    house.kill(how)
    house.restart()
    assert shown(house.portal, person.actor, made).state is State.DONE
    with house.look() as administrator:
        require_whole(administrator, person.actor.org, ACCOUNTS)
