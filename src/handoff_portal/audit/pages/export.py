"""Taking a signed copy of the log, with a purpose and a fresh code."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from litestar.response import Stream

from handoff_portal.audit.actions import reading
from handoff_portal.audit.actions.keeping import Keeper, log_key
from handoff_portal.audit.actions.testimony import witnesses
from handoff_portal.audit.model import Purpose, Selection, Wanted
from handoff_portal.audit.pages.log import FILTERS, read_wanted
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.web.forms import Form
from handoff_portal.web.headers import DOWNLOAD_POLICY
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_PIECE = 256 * 1024
_IN_MEMORY = 8 * 1024**2
PURPOSE_WORDS = {
    Purpose.AUDIT: "External audit (ISO 27001, SOC 2, OSPAR)",
    Purpose.REGULATOR: "A regulator asks",
    Purpose.COMPLAINT: "Answering a complaint",
    Purpose.COURT: "Court or lawyer",
    Purpose.INTERNAL_REVIEW: "Internal review",
}


@get("/audit/export", needs=Permission.AUDIT_EXPORT)
def export_form(request: PortalRequest) -> Page:
    """Say what will be exported, ask for the purpose; a fresh code is asked for first."""
    request.actor.require_fresh(request.now)
    asked = {name: str(request.query_params.get(name, "")) for name in FILTERS}
    request.sent.fill({name: value for name, value in asked.items() if value})
    choices = [(purpose.value, label) for purpose, label in PURPOSE_WORDS.items()]
    kept = [(name, request.sent.value(name)) for name in FILTERS if request.sent.value(name)]
    return page(request, "audit/export.html", purposes=choices, kept=kept)


@post("/audit/export", needs=Permission.AUDIT_EXPORT, again=export_form)
def export(request: PortalRequest) -> Page:
    """The bundle as a download."""
    form = request.sent
    purpose = form.choice("purpose", Purpose)
    selection = _selection(form, read_wanted(form, request.actor.time_zone), request)
    form.check()
    portal = request.portal
    key = log_key(portal.vault, portal.settings.log_name)
    keeper = Keeper(portal.database, key, portal.anchor)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - _pieces closes it after the last byte
    try:
        known = witnesses(portal.settings.witnesses)
        reading.export_log(
            portal.database,
            request.actor,
            keeper,
            key,
            file,  # type: ignore[arg-type]
            selection,
            purpose,
            known,
        )
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    name = f"handoff-log-{request.now:%Y%m%d-%H%M%S}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Content-Security-Policy": DOWNLOAD_POLICY,
    }
    return Stream(_pieces(file), media_type="application/zip", headers=headers)  # type: ignore[arg-type]


def _selection(form: Form, wanted: Wanted, request: PortalRequest) -> Selection:
    """What the filters mean for an export: one case at most, because a reference names one."""
    case = None
    if wanted.reference:
        with request.work() as work:
            found = reading.search_log(work, Wanted(reference=wanted.reference), size=1).events
        if not found:
            raise Invalid({"case": "No event of this case is in the log that you may see."})
        case = found[0].case
    own = request.actor.org if request.actor.org_kind is OrgKind.BUSINESS and case is not None else None
    form.check()
    return Selection(
        case=case,
        own=own,
        org=wanted.org,
        actor=wanted.person,
        action=wanted.action or None,
        since=wanted.since,
        until=wanted.until,
    )


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
