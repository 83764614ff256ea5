"""The escalation policy as a page: its rules, what a change would do today, and its earlier versions."""

from typing import Any

from handoff_portal.cases.model.case import DebtorType
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.intake.actions import effects, policies
from handoff_portal.intake.model.effect import Effect
from handoff_portal.intake.model.owed import CURRENCIES
from handoff_portal.intake.model.policy import CHECK_WORDS, Policy, warnings
from handoff_portal.intake.model.policy_form import (
    NOTICE_CHANNELS,
    PAPERS,
    as_fields,
    bands_shown,
    read_policy,
)
from handoff_portal.intake.model.rules import RULE_WORDS
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_WHO = [("", "Everybody"), (DebtorType.COMPANY, "Companies"), (DebtorType.PRIVATE, "Private persons")]


@get("/policy", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest) -> Page:
    """What the business asks of a case; a form for those who may change it."""
    return _show(request)


@post("/policy", needs=Permission.POLICY_EDIT, again=show)
def change(request: PortalRequest) -> Page:
    """Make a new version, or show what it would do first; a very strict one is shown in any case."""
    form = request.sent
    wanted = read_policy(form)
    form.check()
    strict = warnings(wanted)
    if form.value("go") == "look" or (strict and not form.flag("sure")):
        with request.work() as work:
            effect = effects.try_policy(work, wanted)
        return _show(request, effect, strict)
    with request.work() as work:
        made = policies.change_policy(work, wanted)
    return redirect(
        request,
        "/policy",
        f"The policy is changed. Drafts are measured against version {made.version} from now on.",
    )


def _show(request: PortalRequest, effect: Effect | None = None, strict: list[str] | None = None) -> Page:
    with request.work() as work:
        policy = policies.current_policy(work)
        versions = policies.list_versions(work)
        own = show_organisation(work, work.actor.org)
    if not request.sent.names():
        request.sent.fill(as_fields(policy))
    currencies = sorted({*policy.min_amounts, own.currency, "SGD", "GBP", "AUD", "USD", "EUR"})
    return page(
        request,
        "intake/policy.html",
        policy=policy,
        versions=versions,
        currencies=currencies,
        may_edit=request.actor.may(Permission.POLICY_EDIT),
        effect=effect,
        strict=strict or [],
        bands=bands_shown(request.sent),
        **_choices(policy),
    )


def _choices(policy: Policy) -> dict[str, Any]:
    return {
        "channels": [(channel, CHANNEL_WORDS[channel]) for channel in NOTICE_CHANNELS],
        "checks": list(CHECK_WORDS.items()),
        "papers": [(kind, KIND_WORDS[kind]) for kind in PAPERS],
        "who": _WHO,
        "all_currencies": [code for code, _ in CURRENCIES],
        "rule_words": RULE_WORDS,
        "channel_words": sorted(CHANNEL_WORDS[channel].lower() for channel in policy.notice_channels),
        "check_words": [words for check, words in CHECK_WORDS.items() if check in policy.checks],
        "kinds": KIND_WORDS,
    }


ROUTES = (show, change)
