"""A portfolio that is stopped or killed at any moment goes on where it was, or ends clean and visible."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from faults.processes import named, wait_until, wait_until_gone
from faults.soundness import SOAK
from handoff_portal.adapters.clock import new_id
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import WrongState
from handoff_portal.helping import WORTH_A_HELPER, helped
from handoff_portal.portfolios.actions import checking
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import Order, commit_chunk, commit_next, open_order
from handoff_portal.portfolios.actions.deciding import approve, cancel
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.portfolios.store import portfolios
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import REASON, a_file, approved, checked, clear_all, read_numbers, sent, shown

TESTS = Path(__file__).parents[1]
_WORKER = """
import sys
from handoff_portal.app import build_portal
from handoff_portal.helping import helped
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.settings import read
from portfolio_steps import read_numbers, clear_all
portal = build_portal(read())
while check_next(portal.database, portal.objects, read_numbers) or commit_next(portal.database, helped):
    pass
"""


def a_worker(environment: dict[str, str], name: str) -> "subprocess.Popen[bytes]":
    """A process that checks and commits whatever waits, with helpers as the real one has, then ends."""
    return subprocess.Popen(
        [sys.executable, "-c", _WORKER],
        env={**os.environ, **named(environment, name), "PYTHONPATH": str(TESTS)},
    )


def kill(worker: "subprocess.Popen[bytes]", administrator: psycopg.Connection, name: str) -> None:
    """End it without a word, and wait until the database has noticed."""
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_until_gone(administrator, name)


def commit_to_the_end(portal: Portal, order: Order) -> None:
    while commit_chunk(portal.database, order):
        pass


def committed_chunks(administrator: psycopg.Connection, portfolio: object) -> int:
    query = "select count(*) from portfolio_chunk where portfolio_id = %s and state = 'committed'"
    (number,) = administrator.execute(query, (portfolio,)).fetchone() or (0,)
    return int(number)


def require_whole(administrator: psycopg.Connection, business: object, accounts: int) -> None:
    """As many cases as accounts, each with its grant, claims, account, history, judgement and one event."""
    wanted = {
        "cases": accounts,
        "claim": 2 * accounts,
        "ledger_entry": 2 * accounts,
        "communication": 3 * accounts,
        "judgement": accounts,
    }
    for table, number in wanted.items():
        query = f"select count(*) from {table} where business_id = %s"  # noqa: S608 - names above
        assert administrator.execute(query, (business,)).fetchone() == (number,), table
    grants = "select count(*) from case_grant where org_id = %s"
    assert administrator.execute(grants, (business,)).fetchone() == (accounts,)
    events = (
        "select count(*), count(distinct case_id) from audit_event"
        " where own_org_id = %s and action = 'case.imported'"
    )
    assert administrator.execute(events, (business,)).fetchone() == (accounts, accounts)


@pytest.mark.soak
def test_killed_at_any_moment_a_commit_goes_on_and_every_account_is_there_once(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    for turn in range(SOAK or 2):
        made = approved(portal, person.actor, a_file(0, **{f"n{turn}{n:05d}": 150_00 for n in range(2600)}))
        before = committed_chunks(administrator, made)
        name = f"killed{turn}"
        worker = a_worker(environment, name)
        wait_until(lambda made=made, before=before: committed_chunks(administrator, made) > before)  # type: ignore[misc]
        time.sleep(turn % 7 * 0.03)
        kill(worker, administrator, name)
        assert commit_next(portal.database) or shown(portal, person.actor, made).state is State.DONE
        assert shown(portal, person.actor, made).done == Done(made=2600)
        require_whole(administrator, person.actor.org, 2600 * (turn + 1))


def test_killed_while_checking_it_is_checked_anew_when_the_lease_is_over(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent(portal, person.actor, a_file(1200))
    with portal.database.worker() as work:
        assert portfolios.take_to_check(work, new_id(), timedelta(minutes=2)) == made
    assert not check_next(portal.database, portal.objects, read_numbers)
    administrator.execute("update portfolio set leased_until = now() where id = %s", (made,))
    assert check_next(portal.database, portal.objects, read_numbers)
    now = shown(portal, person.actor, made)
    assert (now.state, now.progress.done) == (State.WAITING, 1200)


def test_a_file_that_breaks_every_worker_is_given_up_and_says_so(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent(portal, person.actor, b"no reader reads this")
    for _ in range(checking.MOST_ATTEMPTS):
        with pytest.raises(ValueError, match="Expecting value"):
            check_next(portal.database, portal.objects, read_numbers)
        administrator.execute("update portfolio set leased_until = now() where id = %s", (made,))
    assert check_next(portal.database, portal.objects, read_numbers)
    now = shown(portal, person.actor, made)
    assert (now.state, now.reason) == (State.FAILED, "too_often")


def test_cancelled_in_the_middle_what_is_committed_stays_and_the_rest_is_dropped(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(1300))
    order = open_order(portal.database, made)
    assert commit_chunk(portal.database, order)
    with portal.database.work(person.actor) as work:
        cancel(work, made)
    assert not commit_chunk(portal.database, order)
    assert not commit_next(portal.database)
    clear_all(portal)
    now = shown(portal, person.actor, made)
    assert (now.state, now.done) == (State.CANCELLED, Done(made=500))
    require_whole(administrator, person.actor.org, 500)
    left = "select count(*) from portfolio_chunk where portfolio_id = %s and state = 'staged'"
    assert administrator.execute(left, (made,)).fetchone() == (0,)
    with portal.database.work(person.actor) as work, pytest.raises(WrongState):
        cancel(work, made)


def test_two_workers_at_once_commit_every_account_once(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(2600))
    workers = [a_worker(environment, f"side{number}") for number in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    now = shown(portal, person.actor, made)
    assert (now.state, now.done) == (State.DONE, Done(made=2600))
    require_whole(administrator, person.actor.org, 2600)


def test_helpers_commit_beside_the_worker_and_are_ended_when_it_fails(
    portal: Portal, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(40))
    with helped(made, WORTH_A_HELPER, processors=2) as helpers:
        assert helpers == 1
    assert shown(portal, person.actor, made).done == Done(made=40)
    with helped(made, WORTH_A_HELPER - 1, processors=2) as helpers:
        assert helpers == 0
    started = time.monotonic()
    other = approved(portal, person.actor, a_file(1))
    with pytest.raises(ZeroDivisionError), helped(other, WORTH_A_HELPER, processors=2):
        raise ZeroDivisionError
    assert time.monotonic() - started < 10


def test_two_portfolios_with_the_same_accounts_at_once_make_each_case_once(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    both = [checked(portal, person.actor, a_file(1100)) for _ in range(2)]
    with portal.database.work(person.actor) as work:
        for one in both:
            approve(work, one, REASON)
    with ThreadPoolExecutor(2) as threads:
        orders = [open_order(portal.database, one) for one in both]
        list(threads.map(lambda order: commit_to_the_end(portal, order), orders))
    commit_next(portal.database)
    done = [shown(portal, person.actor, one).done for one in both]
    assert sum(one.made for one in done) == 1100
    assert sum(one.unchanged for one in done) == 1100
    require_whole(administrator, person.actor.org, 1100)


def test_a_worker_without_a_running_portfolio_can_add_no_case(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = approved(portal, person.actor, a_file(3))
    order = open_order(portal.database, made)
    with portal.database.work(person.actor) as work:
        cancel(work, made)
        assert not list_cases(work, Wanted()).lines
    assert not commit_chunk(portal.database, order)
