"""Files of a portfolio: raw bodies from the script, multipart without it; then the word to check them."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.actor import Actor
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.documents.pages.arriving import arrive
from handoff_portal.documents.pages.pouring import receive
from handoff_portal.documents.pages.upload import places_of
from handoff_portal.intake.model.owed import CURRENCIES
from handoff_portal.portfolios.actions.answering import send_with
from handoff_portal.portfolios.actions.uploading import FileReceiver
from handoff_portal.portfolios.model.said import Said
from handoff_portal.portfolios.pages.showing import TOTALS, show
from handoff_portal.web.multipart import fields_and_files
from handoff_portal.web.page import redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post, stream_post

_MOST_ROWS = 10_000_000


class _Taking:
    """Blocks of bytes for a receiver that takes them one by one."""

    def __init__(self, receiver: FileReceiver) -> None:
        self._receiver = receiver
        self.finish = receiver.finish
        self.give_up = receiver.give_up

    @classmethod
    def start(cls, places: Places, actor: Actor, portfolio: PortfolioId, name: str) -> "_Taking":
        return cls(FileReceiver.start(places, actor, portfolio, name))

    def write(self, pieces: Sequence[bytes], /) -> None:
        self._receiver.write(b"".join(pieces))


@stream_post("/portfolios/{portfolio_id:uuid}/files", needs=Permission.CASE_DRAFT, again=show)
async def upload(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """Take in one file as the body itself, or the files of a form."""
    portfolio = PortfolioId(portfolio_id)
    take_form, take_body = partial(_take_form, request, portfolio), partial(_take_body, request, portfolio)
    return await arrive(request, take_form, take_body)


async def _take_body(request: PortalRequest, portfolio: PortfolioId, name: str) -> dict[str, Any]:
    stored = await receive(_starter(request, portfolio, name), request.stream())
    return {"id": str(stored.id), "name": stored.name, "size": stored.size}


async def _take_form(request: PortalRequest, portfolio: PortfolioId) -> Page:
    """The files of a form one after the other; those before a refused one stay."""
    stored = 0
    async for part in fields_and_files(request, 2 * request.portal.settings.limits.file_bytes):
        if part.file_name:
            await receive(_starter(request, portfolio, part.file_name), part.chunks())
            stored += 1
    if not stored:
        raise Invalid({"file": "Choose a file first, then press the button again."})
    said = "The file is stored." if stored == 1 else f"{stored} files are stored."
    return redirect(request, f"/portfolios/{portfolio}", said)


def _starter(request: PortalRequest, portfolio: PortfolioId, name: str) -> "partial[_Taking]":
    return partial(_Taking.start, places_of(request), request.actor, portfolio, name)


@post("/portfolios/{portfolio_id:uuid}/send", needs=Permission.CASE_DRAFT, again=show)
def send(request: PortalRequest, portfolio_id: FromPath[UUID]) -> Page:
    """All files are there: check them, against sums where somebody typed some."""
    said = read_totals(request.sent)
    with request.work() as work:
        send_with(work, PortfolioId(portfolio_id), said)
    return redirect(request, f"/portfolios/{portfolio_id}")


def read_totals(form: Form) -> Said:
    """The number of rows and the sums that a person expects; everything may stay empty. Raises Invalid."""
    rows = form.number("rows", least=1, most=_MOST_ROWS) if form.value("rows").strip() else None
    totals: dict[str, int] = {}
    for place in TOTALS:
        name, currency = f"total_{place}", form.value(f"total_{place}_currency")
        if not form.value(name).strip():
            continue
        if currency not in dict(CURRENCIES):
            form.refuse(name, "Choose the currency of this total.")
        elif currency in totals:
            form.refuse(
                name, f"You gave a total in {currency} already. Add the two, or choose another currency."
            )
        else:
            totals[currency] = form.amount(name, currency)
    form.check()
    return Said(rows=rows, totals=totals)


ROUTES = (upload, send)
