"""A browser without scripts in front of the portfolios, and the worker's part beside it."""

import re
from html import unescape
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.answering import send_with
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve, cancel
from handoff_portal.portfolios.actions.storing import store_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import receive_bytes, start_portfolio
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.portfolios.model.said import Said
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from people import SignedIn
from portfolio_steps import REASON

Browser = TestClient[Litestar]

HEAD = (
    "creditor_reference,debtor_type,debtor_name,email,phone,address,city,country,"
    "invoice_number,invoice_date,due_date,currency,principal,reminders_sent,final_notice_date,"
    "final_notice_channel,contract_reference\n"
)


def a_row(number: int, day: str = "2026-03-04", amount: str = "120.50", name: str = "") -> str:
    return (
        f"R-{number},company,{name or f'Kopi {number}'},a{number}@kopi.example,+6567000001,1 Tras Street,"
        f"Singapore,SG,I-{number},{day},{day},SGD,{amount},2,2026-08-01,letter,C-7\n"
    )


def a_table(*rows: str) -> bytes:
    return (HEAD + "".join(rows)).encode()


def sign_in(client: Browser, portal: Portal, person: SignedIn) -> str:
    client.cookies.clear()
    client.cookies.update(person.cookie)
    return token_for(portal.vault.system_key(SystemKey.COOKIE), person.actor.session_hash)


def seen(html: str) -> str:
    """The words of the main part of a page."""
    main = html.partition("<main")[2].partition("</main>")[0] or html
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def upload(client: Browser, token: str, *files: tuple[str, bytes]) -> str:
    """Begin a portfolio and send its files as a form; gives its address."""
    begun = client.post("/portfolios", data={"csrf_token": token}, follow_redirects=False)
    place = str(begun.headers["Location"])
    answer = client.post(f"{place}/files", data={"csrf_token": token}, files=[("file", one) for one in files])
    assert answer.status_code == 200, seen(answer.text)
    return place


def send(client: Browser, token: str, place: str, **typed: str) -> None:
    answer = client.post(f"{place}/send", data={"csrf_token": token, **typed}, follow_redirects=False)
    assert answer.status_code == 303, seen(answer.text)


def decide(client: Browser, token: str, place: str, reason: str = REASON) -> Response:
    """Press the button of the page as it is now."""
    looked = re.search(r'name="seen" value="([^"]+)"', client.get(place).text)
    assert looked
    return client.post(
        f"{place}/commit", data={"csrf_token": token, "reason": reason, "seen": unescape(looked[1])}
    )


def check(portal: Portal) -> None:
    while check_next(portal.database, portal.objects, read_files):
        pass


def commit(portal: Portal) -> None:
    while commit_next(portal.database):
        pass


def id_of(place: str) -> PortfolioId:
    return PortfolioId(UUID(place.rpartition("/")[2]))


def sent(
    portal: Portal, actor: Actor, text: bytes, said: Said | None = None, *, checks: bool = True
) -> PortfolioId:
    """A portfolio of one table, checked unless it shall wait for that."""
    with portal.database.work(actor) as work:
        made = start_portfolio(work)
    receive_bytes(Places(portal.database, portal.objects, 1 << 30), actor, made, "accounts.csv", iter([text]))
    with portal.database.work(actor) as work:
        send_with(work, made, said or Said())
    if checks:
        check(portal)
    return made


def in_every_state(portal: Portal, actor: Actor) -> dict[State, PortfolioId]:
    """One portfolio of each kind that a page can show, without a worker that would carry them on."""
    good = a_table(a_row(1), a_row(2, amount="a lot"), a_row(3))
    done = sent(portal, actor, good)
    with portal.database.work(actor) as work:
        approve(work, done, REASON)
    commit(portal)
    found = {
        State.DONE: done,
        State.ASKING: sent(
            portal, actor, a_table(a_row(7, day="03/04/2026")).replace(b"debtor_name", b"Zarg")
        ),
        State.WAITING: sent(portal, actor, a_table(a_row(1, amount="90.00"), a_row(4), a_row(5, amount="?"))),
        State.REFUSED: sent(portal, actor, good, Said(totals={"SGD": 1})),
        State.CANCELLED: sent(portal, actor, good),
        State.COMMITTING: sent(portal, actor, a_table(a_row(9))),
        State.CHECKING: sent(portal, actor, good, checks=False),
    }
    with portal.database.work(actor) as work:
        cancel(work, found[State.CANCELLED])
        approve(work, found[State.COMMITTING], REASON)
        found[State.UPLOADING] = start_portfolio(work)
    return found


def finish(portal: Portal) -> None:
    """Make cases, then store their papers."""
    commit(portal)
    while store_next(portal.database, portal.objects):
        pass
