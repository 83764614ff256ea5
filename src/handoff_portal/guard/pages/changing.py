"""Changing the contact rules: upload, checks, schedule, withdrawal. For the operator's compliance officer."""

from datetime import datetime

from anyio import to_thread
from litestar.params import FromPath

from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import StepUpNeeded
from handoff_portal.guard.actions import deciding
from handoff_portal.guard.actions import rules as actions
from handoff_portal.guard.actions.deciding import Sent, read_upload
from handoff_portal.guard.model.rulefile import LARGEST
from handoff_portal.guard.model.versions import RulesState
from handoff_portal.guard.untrusted import yaml_reader
from handoff_portal.web.multipart import SentFile, small_form
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post, stream_post

FILES = {"rules": LARGEST, "vectors": LARGEST}


@get("/rules/new", needs=Permission.RULES_CHANGE)
def new(request: PortalRequest) -> Page:
    """The form for a new rule file."""
    return _form(request)


def _form(request: PortalRequest, name: str = "", mistakes: tuple[str, ...] = ()) -> Page:
    with request.work() as work:
        current = actions.in_force(work, work.now)
    return page(
        request,
        "guard/new.html",
        status=422 if mistakes else 200,
        current=current,
        name=name,
        mistakes=[one.partition(": ") for one in mistakes],
    )


@stream_post("/rules/new", needs=Permission.RULES_CHANGE, again=new)
async def upload(request: PortalRequest) -> Page:
    """Read a file at arm's length and have it checked; or show all mistakes at once."""
    sent = await small_form(request, FILES)
    return await to_thread.run_sync(_take, request, sent)


def _take(request: PortalRequest, sent: dict[str, SentFile]) -> Page:
    if "rules" not in sent:
        request.sent.refuse("rules", "Choose the rule file, in YAML.")
    request.sent.check()
    vectors = sent["vectors"].content if "vectors" in sent else None
    read = read_upload(yaml_reader().parse, Sent(sent["rules"].name, sent["rules"].content, vectors))
    with request.work() as work:
        made = deciding.upload(work, read)
    if isinstance(made, tuple):
        return _form(request, sent["rules"].name, made)
    say = (
        "The file was read without a mistake. It is being tried now on vectors and on last month's contacts."
    )
    return redirect(request, f"/rules/{made.version}/checks", say)


@get("/rules/{version:str}/checks", needs=Permission.RULES_CHANGE)
def checks(request: PortalRequest, version: FromPath[str]) -> Page:
    """What a file would change, and when it shall take effect."""
    with request.work() as work:
        one = actions.show_version(work, version)
        check = deciding.show_check(work, one)
        current = actions.in_force(work, work.now)
        agencies = deciding.agencies_of(work, check) if check else []
    template = "guard/_checks.html" if request.headers.get("HX-Request") else "guard/checks.html"
    return page(
        request,
        template,
        one=one,
        check=check,
        current=current,
        agencies=agencies,
        fresh=_is_fresh(request),
        decides=one.state is RulesState.CHECKED,
    )


@post("/rules/{version:str}/schedule", needs=Permission.RULES_CHANGE, again=checks)
def schedule(request: PortalRequest, version: FromPath[str]) -> Page:
    """Have a file take effect: now or at a moment."""
    form, zone = request.sent, request.actor.time_zone
    at_once = form.value("when") == "now"
    chosen = None if at_once else form.moment("effective_at", zone)
    reason = form.text("reason", required=False, longest=1000)
    form.check()
    with request.work() as work:
        moment: datetime = chosen or work.now
        done = deciding.schedule(work, version, moment, zone, reason=reason, seen=form.value("seen") == "yes")
    say = f"Rules {done.version} are in force now." if at_once else f"Rules {done.version} are scheduled."
    return redirect(request, f"/rules/{done.version}/checks", say)


@post("/rules/{version:str}/withdraw", needs=Permission.RULES_CHANGE, again=checks)
def withdraw(request: PortalRequest, version: FromPath[str]) -> Page:
    """Take a file back before it counts."""
    with request.work() as work:
        deciding.withdraw(work, version)
    return redirect(request, "/rules", f"Rules {version} are withdrawn and will never be in force.")


def _is_fresh(request: PortalRequest) -> bool:
    try:
        request.actor.require_fresh(request.now)
    except StepUpNeeded:
        return False
    return True


ROUTES = (new, upload, checks, schedule, withdraw)
