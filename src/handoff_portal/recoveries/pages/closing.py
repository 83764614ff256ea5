"""Closing a case: what fits, what will follow, and the figures before they are final."""

from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.recoveries.actions.closing import close_case, require_closable
from handoff_portal.recoveries.model.closing import (
    RELATIONSHIP_WORDS,
    RULES,
    CloseCode,
    Closing,
    Relationship,
    hindered,
    offered_codes,
)
from handoff_portal.recoveries.model.overview import Recoveries
from handoff_portal.recoveries.pages.shown import recovery_parts
from handoff_portal.web.formats import money
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LONGEST = 2000


@get("/cases/{case_id:uuid}/close", needs=Permission.CASE_CLOSE)
def ask_close(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The reasons that fit, those that do not and why, and what will follow.

    The query `close_code` shows the figures for one reason; a script asks for it while one chooses.
    """
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        require_closable(work, case)
        parts = recovery_parts(request, work, case, cases.open_key(work, case))
    chosen = request.sent.value("close_code") or request.query_params.get("close_code", "")
    choices = _choices(parts["recoveries"], request.actor.org_kind, held=parts["is_held"])
    return page(request, "recoveries/close.html", **parts, **choices, chosen=_words(chosen))


@post("/cases/{case_id:uuid}/close", needs=Permission.CASE_CLOSE, again=ask_close)
def close(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """End a case for good."""
    form = request.sent
    code = form.choice("close_code", CloseCode)
    relationship = form.choice("relationship_kept", Relationship)
    words = form.text("close_words", required=False, longest=_LONGEST)
    form.check()
    with request.work() as work:
        after = close_case(work, CaseId(case_id), Closing(code, relationship, words))
    figures = f"{money(after.recovered, after.currency)} came in"
    if after.written_off:
        figures += f", {money(after.written_off, after.currency)} is written off"
    stays = request.actor.org_kind is OrgKind.BUSINESS
    where = f"/cases/{case_id}/payments" if stays else "/cases"
    return redirect(request, where, f"The case is closed: {RULES[code].words.lower()}. {figures}.")


def _choices(found: Recoveries, side: OrgKind, *, held: bool) -> dict[str, Any]:
    fitting, hindrances = [], []
    for code in offered_codes(side, held=held):
        rule, why = RULES[code], hindered(code, found.summary, side, held=held)
        if why:
            hindrances.append((rule.words, why))
        else:
            fitting.append((code.value, rule.words, rule.means))
    return {
        "fitting": fitting,
        "hindrances": hindrances,
        "relationships": [(one.value, *words) for one, words in RELATIONSHIP_WORDS.items()],
    }


def _words(chosen: str) -> str:
    return RULES[CloseCode(chosen)].words if chosen in set(CloseCode) else ""


ROUTES = (ask_close, close)
