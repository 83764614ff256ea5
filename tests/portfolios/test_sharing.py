"""A large portfolio is checked by several processes, and comes out as if one had done it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial

import psycopg
import pytest

from handoff_portal import helping
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.previewing import show_account, show_accounts
from handoff_portal.portfolios.actions.sharing import Crew, Exchange, HelperEnded, nobody
from handoff_portal.portfolios.actions.showing import list_findings, show_figures
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import receive_bytes, send_portfolio, start_portfolio
from handoff_portal.portfolios.model.choosing import Show
from handoff_portal.portfolios.model.heaps import Group, Heap
from handoff_portal.portfolios.model.lines import Line, Record
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import REASON, clear_all, shown

_HEAD = (
    "creditor_reference,debtor_type,debtor_name,email,address,city,country,"
    "invoice_number,due_date,currency,principal\n"
)
_SAID = "creditor_reference,occurred_at,channel,direction,stage,body_or_summary\n"
ACCOUNTS = 2300
BAD = (7, 700, 701, 2299)


def the_files() -> tuple[bytes, bytes]:
    """Two invoices an account, some without a day; two messages each, and some of nobody."""
    rows = [
        f"ACC-{n},company,Kopi {n},a{n}@kopi.example,1 Tras Street,Singapore,SG,{n}-{place},"
        f"{'someday' if n in BAD else '2026-01-31'},SGD,{100 + n}.50\n"
        for n in range(ACCOUNTS)
        for place in (1, 2)
    ]
    said = [
        f"acc-{n},2026-0{month}-15,email,out,reminder_{month},Please pay\n"
        for n in (*range(ACCOUNTS), 9001, 9002)
        for month in (1, 2)
    ]
    return (_HEAD + "".join(rows)).encode(), (_SAID + "".join(said)).encode()


def sent(portal: Portal, actor: Actor) -> PortfolioId:
    with portal.database.work(actor) as work:
        made = start_portfolio(work)
    places = Places(portal.database, portal.objects, 1 << 30)
    for name, octets in zip(("accounts.csv", "history.csv"), the_files(), strict=True):
        receive_bytes(places, actor, made, name, iter([octets]))
    with portal.database.work(actor) as work:
        send_portfolio(work, made)
    return made


one_helper = partial(helping.crew, processors=2, worth=1)
"""One process helps, with files of any size."""


@pytest.fixture
def helpers(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers read their settings from the environment of whoever starts them."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def preview(portal: Portal, actor: Actor, crew: Crew) -> tuple[PortfolioId, object]:
    """Everything that the pages show of a portfolio that was checked with this crew."""
    made = sent(portal, actor)
    assert check_next(portal.database, portal.objects, read_files, crew)
    assert shown(portal, actor, made).state is State.WAITING
    with portal.database.work(actor) as work:
        figures = show_figures(work, made)
        assert figures is not None
        found = list(list_findings(work, made))
        pages, after = [], 0
        while (page := show_accounts(work, made, Show.ALL, after)).lines:
            pages += [(n, one.account, one.failing, one.index) for n, one, _ in page.lines]
            after = page.lines[-1][0]
        assert show_account(work, made, 1200).account == pages[1199][1]
    problems = [one for part in found for one in part.problems]
    bad = [one for part in found for one in part.bad]
    summary = replace(figures, same_file_as=None)
    return made, (summary, problems, bad, pages, shown(portal, actor, made).progress.rows)


@pytest.mark.usefixtures("helpers")
def test_with_a_helper_the_preview_is_the_same_as_alone(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    first, alone = preview(portal, person.actor, nobody)
    second, together = preview(portal, person.actor, one_helper)
    assert together == alone
    with portal.database.work(person.actor) as work:
        approve(work, second, REASON)
    assert commit_next(portal.database)
    assert shown(portal, person.actor, second).done == Done(made=ACCOUNTS - len(BAD))
    assert shown(portal, person.actor, first).state is State.WAITING


@pytest.mark.usefixtures("helpers")
def test_a_helper_that_is_killed_ends_the_pass_and_another_one_begins_anew(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent(portal, person.actor)

    @contextmanager
    def dying(errand: bytes, rows: int) -> Iterator[list[Exchange]]:
        with one_helper(errand, rows) as (exchange,):
            answered: list[bytes] = []

            def once(octets: bytes) -> bytes:
                if answered:
                    raise HelperEnded
                answered.append(exchange(octets))
                return answered[0]

            yield [once]

    assert check_next(portal.database, portal.objects, read_files, dying)
    assert shown(portal, person.actor, made).state is State.CHECKING
    assert not check_next(portal.database, portal.objects, read_files, one_helper)
    administrator.execute("update portfolio set leased_until = now() where id = %s", (made,))
    assert check_next(portal.database, portal.objects, read_files, one_helper)
    now = shown(portal, person.actor, made)
    assert (now.state, now.accounts) == (State.WAITING, ACCOUNTS - len(BAD))


@pytest.mark.usefixtures("helpers")
def test_a_helper_process_that_ends_is_noticed() -> None:
    with one_helper(b"no errand", 1) as (exchange,), pytest.raises(HelperEnded):
        exchange(b"")


@pytest.mark.usefixtures("helpers")
def test_cancelled_while_helpers_check_it_nothing_is_staged_any_more(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent(portal, person.actor)

    @contextmanager
    def late(errand: bytes, rows: int) -> Iterator[list[Exchange]]:
        administrator.execute("update portfolio set state = 'cancelled' where id = %s", (made,))
        with one_helper(errand, rows) as exchanges:
            yield list(exchanges)

    assert check_next(portal.database, portal.objects, read_files, late)
    clear_all(portal)
    left = "select count(*) from portfolio_chunk where portfolio_id = %s"
    assert administrator.execute(left, (made,)).fetchone() == (0,)


def test_a_heap_reaches_another_process_as_it_is() -> None:
    line = Line(3, ["a", 1, 2.5], None, Record.PART, "group")
    other = Line(4, ["b"], ["B", date(2026, 1, 1).isoformat()], Record.HISTORY)
    heap = Heap([Group("key", [line, other], [other])])
    assert Heap.decode(heap.encode()) == heap
