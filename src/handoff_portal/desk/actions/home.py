"""What needs you now: for each role the things whose turn it is, and a few numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.licences import licence_queue, licences_of
from handoff_portal.agencies.actions.respect import own_respect
from handoff_portal.agencies.model.licence import Licence, NamedLicence, Standing
from handoff_portal.agencies.model.respect import Respect
from handoff_portal.cases.actions import cases, finding
from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.listing import Line, Sort, Wanted
from handoff_portal.contacts.actions import conduct, notes, overriding, promises
from handoff_portal.contacts.model.conduct import WHY_WORDS, Review, Why
from handoff_portal.contacts.model.overrides import Flag
from handoff_portal.contacts.model.promises import Promise
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.references import reference_of
from handoff_portal.desk.model.figures import Figures, figures_of
from handoff_portal.guard.actions.rules import list_waiting
from handoff_portal.guard.model.versions import RulesVersion
from handoff_portal.handoffs.actions.reading import Offered, list_received, list_unanswered
from handoff_portal.handoffs.model.offer import OfferState

MOST = 8
"""So many things of each kind; the queue has the rest."""


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """Words that wait for a supervisor's look: how many, and the oldest with their case's reference."""

    count: int
    first: list[tuple[Review, str]]
    why: Mapping[Why, str]


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that may stand on somebody's home page; empty where it does not concern them.

    Attributes:
        lines: Cases whose turn it is, the first deadline on top.
        asked: Those of them where the other side waits for an answer.
        offers: Offers to answer, or with a question to answer.
        promised: Promises whose day has come, with their case's reference.
        flagged: Contacts against a hold or a block to look at, with the case's reference.
        licences: Own licences that end soon or ended (agency).
        waiting: Licences to verify (operator).
        ending: Licences of agencies that end soon (operator).
        rules: Rule files on their way into force (operator's compliance officer).
        words: What a supervisor has to look at (agency).
        respect: How respectfully the agency speaks with customers (agency).
    """

    lines: list[Line] = field(default_factory=list)
    more: bool = False
    asked: set[CaseId] = field(default_factory=set)
    offers: list[Offered] = field(default_factory=list)
    promised: list[tuple[Promise, str]] = field(default_factory=list)
    flagged: list[tuple[Flag, str]] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    waiting: list[NamedLicence] = field(default_factory=list)
    ending: list[NamedLicence] = field(default_factory=list)
    rules: list[RulesVersion] = field(default_factory=list)
    figures: Figures | None = None
    words: WaitingWords | None = None
    respect: Respect | None = None


def needs_you(work: Work) -> Home:
    """What this person's role has to do now."""
    if work.actor.org_kind is OrgKind.OPERATOR:
        return _operator(work)
    if not work.actor.may(Permission.CASE_READ):
        return Home()
    mine = finding.list_cases(work, Wanted(my_turn=True, sort=Sort.DEADLINE, size=MOST))
    lines = [line for line in mine.lines if line.case.state is not CaseState.CLOSED]
    asked = notes.cases_with_question(work, [line.case.id for line in lines])
    rows, complete = finding.tally(work)
    business = work.actor.org_kind is OrgKind.BUSINESS
    return Home(
        lines=lines,
        more=mine.following is not None,
        asked=asked,
        offers=list_unanswered(work)[:MOST]
        if business
        else list_received(work, OfferState.OPEN, None, MOST)[:MOST],
        promised=[] if business else _promised(work),
        flagged=_flagged(work),
        licences=[] if business else _own_licences(work),
        figures=figures_of(rows, "business" if business else "agency", complete=complete),
        words=_words(work),
        respect=own_respect(work),
    )


def _operator(work: Work) -> Home:
    if not work.actor.may(Permission.LICENCE_VERIFY):
        return Home()
    queue = licence_queue(work)
    rules = list_waiting(work)[:MOST] if work.actor.may(Permission.RULES_CHANGE) else []
    return Home(waiting=list(queue.waiting[:MOST]), ending=list(queue.ending[:MOST]), rules=rules)


def _promised(work: Work) -> list[tuple[Promise, str]]:
    today = work.now.astimezone(ZoneInfo(work.actor.time_zone)).date()
    due = promises.list_promises_due(work, today, MOST)
    return [(promise, cases.load_case(work, promise.case).reference) for promise in due]


def _flagged(work: Work) -> list[tuple[Flag, str]]:
    """What a supervisor, an administrator or the business has to look at."""
    if not work.actor.may(Permission.FLAG_LOOK):
        return []
    return [(flag, reference_of(flag.case)) for flag in overriding.list_flags(work, MOST)]


def _words(work: Work) -> WaitingWords | None:
    """What waits for a supervisor or administrator of an agency."""
    if not work.actor.may(Permission.CONDUCT_REVIEW):
        return None
    first = [(one, reference_of(one.case)) for one in conduct.list_waiting(work)[:MOST]]
    return WaitingWords(conduct.count_waiting(work), first, WHY_WORDS)


def _own_licences(work: Work) -> list[Licence]:
    today = work.now.astimezone(UTC).date()
    watched = {Standing.ENDING, Standing.EXPIRED, Standing.REJECTED, Standing.SUSPENDED}
    return [one for one in licences_of(work, work.actor.org) if one.standing(today) in watched]
