"""Portfolios for tests: accounts made in memory, given to the worker by a reader that knows them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from builders import a_customer
from handoff_portal.cases.model.case import Balance, ClaimType
from handoff_portal.cases.model.content import Channel, Claim, ClaimKind, Content, Terms
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Stage, Words
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import ClaimId, PortfolioId
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve, clear_over
from handoff_portal.portfolios.actions.showing import load_portfolio
from handoff_portal.portfolios.actions.uploading import receive_bytes, send_portfolio, start_portfolio
from handoff_portal.portfolios.model.account import Account, Batch, Problem, Summary
from handoff_portal.portfolios.model.portfolio import Portfolio
from handoff_portal.portfolios.model.reader import Part, Source
from handoff_portal.web.portal import Portal

REASON = "The papers are in our archive; the board agreed."


def an_account(number: int, minor: int = 150_00, now: datetime | None = None) -> Account:
    """An account of two invoices and three messages, long overdue, noticed in time; without papers."""
    at = now or datetime.fromisoformat("2026-11-01T04:00:00+00:00")
    due = (at - timedelta(days=120)).date()
    claims = tuple(
        Claim(
            ClaimId(UUID(int=place)),
            ClaimKind.INVOICE,
            f"{number}-{place}",
            "Paper",
            due - timedelta(days=30),
            due,
            Balance(principal=part),
        )
        for place, part in ((1, minor - 50_00), (2, 50_00))
    )
    content = Content(
        replace(a_customer(), name=f"Kopi {number} Pte Ltd"),
        f"ACC-{number:06d}",
        ClaimType.UNPAID_INVOICE,
        "SGD",
        Terms(contract_reference="C-7", clause="8.2"),
        claims,
    )
    stages = ((Stage.REMINDER_1, 90), (Stage.REMINDER_2, 60), (Stage.FINAL_NOTICE, 30))
    history = tuple(
        HistoryEntry(
            Channel.EMAIL,
            Direction.OUT,
            at - timedelta(days=days),
            "Asia/Singapore",
            Words("Robin Tan", "accounts@kopi.example", "Your invoice", "This is our last reminder. " * 8),
            stage,
        )
        for stage, days in stages
    )
    return Account((number + 1,), content, "Asia/Singapore", None, history)


def a_file(count: int, **changed: int) -> bytes:
    """What `read_numbers` reads: numbers of accounts with their amounts."""
    amounts = {str(number): 150_00 for number in range(1, count + 1)}
    others = {name.removeprefix("n"): minor for name, minor in changed.items()}
    return json.dumps({**amounts, **others}).encode()


def read_numbers(sources: Sequence[Source], _answers: bytes | None) -> Iterator[Part]:
    """Accounts by number and amount; an amount of nothing is a problem."""
    amounts: dict[str, int] = {}
    for source in sources:
        amounts |= json.loads(source.whole())
    found = list(amounts.items())
    for start in range(0, len(found), 200):
        some = found[start : start + 200]
        problems = tuple(
            Problem(int(n) + 1, "amount", "0", "Nothing is owed.", "Leave it out.") for n, m in some if not m
        )
        yield Batch(tuple(an_account(int(n), m) for n, m in some if m), problems)
    yield Summary("numbers", "{}", rows=len(found))


def sent(portal: Portal, actor: Actor, *files: bytes) -> PortfolioId:
    """An uploaded portfolio that waits to be checked."""
    with portal.database.work(actor) as work:
        made = start_portfolio(work)
    places = Places(portal.database, portal.objects, 1 << 30)
    for number, octets in enumerate(files):
        receive_bytes(places, actor, made, f"file{number}.csv", iter([octets]))
    with portal.database.work(actor) as work:
        send_portfolio(work, made)
    return made


def checked(portal: Portal, actor: Actor, *files: bytes) -> PortfolioId:
    """A portfolio whose preview can be looked at."""
    made = sent(portal, actor, *files)
    while check_next(portal.database, portal.objects, read_numbers):
        pass
    return made


def approved(portal: Portal, actor: Actor, *files: bytes, reason: str = REASON) -> PortfolioId:
    """A portfolio that waits to become cases."""
    made = checked(portal, actor, *files)
    with portal.database.work(actor) as work:
        approve(work, made, reason)
    return made


def committed(portal: Portal, actor: Actor, *files: bytes, reason: str = REASON) -> Portfolio:
    """A portfolio that became cases."""
    made = approved(portal, actor, *files, reason=reason)
    while commit_next(portal.database):
        pass
    return shown(portal, actor, made)


def shown(portal: Portal, actor: Actor, portfolio: PortfolioId) -> Portfolio:
    """As pages show it."""
    with portal.database.work(actor) as work:
        return load_portfolio(work, portfolio)


def clear_all(portal: Portal) -> int:
    """Clear away what is over, also of other tests, however much it is; gives how many portfolios."""
    cleared = 0
    while now := clear_over(portal.database, portal.objects):
        cleared += now
    return cleared
