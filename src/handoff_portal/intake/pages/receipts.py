"""The receipt: to print, to download, to check later."""

import base64
from datetime import datetime
from functools import partial
from uuid import UUID

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.intake.actions import receipts
from handoff_portal.intake.actions.receipts import Checked
from handoff_portal.intake.model.receipt import LARGEST, as_file
from handoff_portal.web.downloads import attachment
from handoff_portal.web.multipart import small_form
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, stream_post


@get("/cases/{case_id:uuid}/receipt", needs=Permission.CASE_READ)
def show(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The receipt as a page that prints well."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        receipt = receipts.show_receipt(work, case.id)
        key = receipts.public_key(work)
    return page(
        request,
        "intake/receipt.html",
        case=case,
        receipt=receipt,
        said=receipt.said,
        signature=base64.b64encode(receipt.signature).decode(),
        public_key=base64.b64encode(key).decode(),
        times=[_moment(message["at"]) for message in receipt.said["messages"]],
        kinds=KIND_WORDS,
        channels=CHANNEL_WORDS,
    )


@get("/cases/{case_id:uuid}/receipt.json", needs=Permission.CASE_READ)
def download(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The receipt as a file."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        content = as_file(receipts.show_receipt(work, case.id), receipts.public_key(work))
    return attachment(f"receipt-{case.reference}.json", "application/json", content)


@get("/receipts/check", needs=Permission.OWN_ACCOUNT)
def ask(request: PortalRequest) -> Page:
    """Where a receipt can be checked."""
    return _page(request, None)


@stream_post("/receipts/check", needs=Permission.OWN_ACCOUNT, again=ask)
async def check(request: PortalRequest) -> Page:
    """Check a receipt given as a file or as text."""
    files = await small_form(request, {"receipt": LARGEST})
    given = files["receipt"].content if "receipt" in files else request.sent.value("text").encode()
    if not given.strip():
        raise Invalid({"receipt": "Choose the file of the receipt, or paste its text below."})
    return await to_thread.run_sync(partial(_check, request, given))


def _check(request: PortalRequest, given: bytes) -> Page:
    with request.work() as work:
        checked = receipts.check_receipt(work, given)
    return _page(request, checked)


def _page(request: PortalRequest, checked: Checked | None) -> Page:
    with request.work() as work:
        key = receipts.public_key(work)
    shown = base64.b64encode(key).decode()
    submitted = _moment(checked.said.get("submitted_at")) if checked and checked.genuine else None
    return page(request, "intake/check.html", checked=checked, public_key=shown, submitted=submitted)


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


ROUTES = (show, download, ask, check)
