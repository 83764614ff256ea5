"""Asking the contact guard about a case: what it looks at, what it says, and when lists may say "call"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import own_approvals
from handoff_portal.agencies.model.approval import is_approved
from handoff_portal.agencies.model.licence import Licence
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.listing import CallTime
from handoff_portal.contacts.actions.gathering import gather
from handoff_portal.contacts.model.communications import ContactEntry
from handoff_portal.contacts.model.guarding import Known, Row, situation_of
from handoff_portal.contacts.model.holds import Hold
from handoff_portal.contacts.model.overrides import Override, usable
from handoff_portal.contacts.model.proposing import answers_customer, contact_now, proposed_of
from handoff_portal.contacts.model.verdicts import LOOK_AHEAD, Answer, Verdict, answer, call_times
from handoff_portal.contacts.store import overrides
from handoff_portal.core.ids import CaseId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.guard.actions.rules import rules_at
from handoff_portal.guard.model.deciding import Book, Decision, Prepared, decide, prepare
from handoff_portal.guard.model.remembered import Remembered
from handoff_portal.guard.model.situation import Situation
from handoff_portal.guard.model.terms import Channel, Outlook

PANEL = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.VISIT)
"""The ways that the case page answers for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the guard said of a contact at its own time.

    Attributes:
        resting_on: The override that lets it go on, if it was blocked and somebody decided so.
        known: What the guard looked at, for trying other rules on it later.
    """

    verdict: Verdict
    channel: Channel
    decision: Decision
    resting_on: Override | None
    known: Remembered


@dataclass(frozen=True, slots=True)
class Guarded:
    """A case ready to be asked about.

    Attributes:
        zones: Every zone the customer may be in.
        rows: Contacts of both sides and of the customer's other cases.
        stopping: The holds that stop all contact now.
    """

    prepared: Prepared
    zones: tuple[tzinfo, ...]
    rows: Sequence[Row]
    stopping: tuple[Hold, ...]


def read_situation(work: Work, case: Case, key: CaseKey, at: datetime | None = None) -> Situation:
    """Everything that the guard looks at, for the person who asks and at a moment; now unless given."""
    return situation_of(_known(work, case, key, at or work.now))


def guard_case(work: Work, case: Case, key: CaseKey, at: datetime | None = None) -> Guarded:
    """The case with the rules of its customer's place, for the person who asks."""
    moment = at or work.now
    known = _known(work, case, key, moment)
    stopping = tuple(hold for hold in known.holds if hold.stops_contact and hold.is_open(work.now))
    return Guarded(prepare(rules_at(work, moment), situation_of(known)), known.zones, known.said, stopping)


def ask_channels(work: Work, case: Case, key: CaseKey) -> list[Answer]:
    """Whether the customer may be contacted now, for each usual way."""
    work.actor.require(Permission.CASE_READ)
    guarded = guard_case(work, case, key)
    return [_answer(work, case, guarded, channel) for channel in PANEL]


def ask_channel(work: Work, case: Case, key: CaseKey, channel: Channel) -> Answer:
    """Whether the customer may be contacted now in this way."""
    work.actor.require(Permission.CASE_READ)
    return _answer(work, case, guard_case(work, case, key), channel)


def judge(work: Work, case: Case, key: CaseKey, entry: ContactEntry) -> Judged | None:
    """What the guard says of a contact at its own time; None for what it does not judge."""
    guarded = guard_case(work, case, key, entry.occurred_at)
    proposed = proposed_of(case, entry, answers=answers_customer(guarded.rows, entry.occurred_at))
    if proposed is None:
        return None
    decision = decide(guarded.prepared, proposed)
    blocked = decision.outlook is Outlook.BLOCKED
    unused = overrides.list_unused(work, case.id) if blocked else []
    resting_on = usable(unused, proposed.channel, decision, entry.occurred_at)
    verdict = Verdict(
        decision.outlook,
        tuple(decision.rule_ids),
        decision.rules,
        decision.tzdata,
        resting_on.id if resting_on else None,
    )
    remembered = Remembered(guarded.prepared.situation, proposed)
    return Judged(verdict, proposed.channel, decision, resting_on, remembered)


def refresh_call_times(work: Work, case: Case, key: CaseKey) -> None:
    """Work out when a call is allowed in the next days, for lists."""
    refresh_all(work, [case], rules_at(work, work.now), keys={case.id: key})


def refresh_all(
    work: Work,
    wanted: Sequence[Case],
    book: Book,
    *,
    keys: Mapping[CaseId, CaseKey] | None = None,
    held: Sequence[Licence] | None = None,
) -> dict[CaseId, list[CallTime]]:
    """Work out and keep when calls are allowed in the next days; what hangs on the reader is left out.

    Args:
        keys: Those that are open already.
        held: Licences of the agency, if they were read already.
    """
    at_agency = [case for case in wanted if case.state is CaseState.HELD]
    known = gather(work, at_agency, work.now, keys, held) if at_agency else {}
    found = {
        case: call_times(prepare(book, situation_of(one)), contact_now(one.case, Channel.CALL, work.now))
        for case, one in known.items()
    }
    if found:
        cases.save_call_times(work, found, work.now + LOOK_AHEAD, basis_of(book))
    return found


def basis_of(book: Book) -> str:
    """What call times were worked out with: rules and time zone data."""
    return f"{book.rules.version} {book.tzdata}"


def _answer(work: Work, case: Case, guarded: Guarded, channel: Channel) -> Answer:
    answers = answers_customer(guarded.rows, work.now)
    proposed = contact_now(case, channel, work.now, answers=answers)
    return answer(guarded.prepared, proposed, guarded.stopping)


def _known(work: Work, case: Case, key: CaseKey, at: datetime) -> Known:
    known = gather(work, [case], at, {case.id: key}).get(case.id)
    if known is None:
        raise NotFound
    if work.actor.org_kind is not OrgKind.AGENCY:
        return known
    day = local_day(at, place_of(case.country, case.region)) if case.country else at.date()
    return replace(known, approved=is_approved(own_approvals(work), case.country or "", case.region, day))
