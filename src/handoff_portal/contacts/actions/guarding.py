"""Asking the contact guard about a case: what it looks at, what it says, and when lists may say "call"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import own_approvals
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.approval import is_approved
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.content import Customer
from handoff_portal.contacts.model.communications import ContactEntry
from handoff_portal.contacts.model.guarding import (
    HISTORY_DAYS,
    Known,
    Row,
    answers_customer,
    proposed_of,
    situation_of,
)
from handoff_portal.contacts.model.overrides import Override, usable
from handoff_portal.contacts.model.verdicts import LOOK_AHEAD, Answer, Verdict, answer, call_times
from handoff_portal.contacts.store import facts, holds, overrides
from handoff_portal.core.jurisdictions import local_day, place_of, zone_of
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.guard.actions.rules import rules_at
from handoff_portal.guard.model.deciding import Book, Decision, Prepared, decide, prepare
from handoff_portal.guard.model.situation import Proposed, Situation
from handoff_portal.guard.model.terms import Channel, Mark, Outlook
from handoff_portal.guard.zones import candidate_zones

PANEL = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.VISIT)
"""The ways that the case page answers for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the guard said of a contact at its own time.

    Attributes:
        resting_on: The override that lets it go on, if it was blocked and somebody decided so.
    """

    verdict: Verdict
    channel: Channel
    decision: Decision
    resting_on: Override | None


@dataclass(frozen=True, slots=True)
class Guarded:
    """A case ready to be asked about.

    Attributes:
        zones: Every zone the customer may be in.
        rows: Contacts of both sides and of the customer's other cases.
    """

    prepared: Prepared
    zones: tuple[tzinfo, ...]
    rows: Sequence[Row]


def read_situation(work: Work, case: Case, key: CaseKey, at: datetime | None = None) -> Situation:
    """Everything that the guard looks at, for the person who asks and at a moment; now unless given."""
    return situation_of(_known(work, case, key, at or work.now))


def guard_case(work: Work, case: Case, key: CaseKey, at: datetime | None = None) -> Guarded:
    """The case with the rules of its customer's place, for the person who asks."""
    moment = at or work.now
    known = _known(work, case, key, moment)
    return Guarded(prepare(rules_at(work, moment), situation_of(known)), known.zones, known.said)


def ask_channels(work: Work, case: Case, key: CaseKey) -> list[Answer]:
    """Whether the customer may be contacted now, for each usual way."""
    work.actor.require(Permission.CASE_READ)
    guarded = guard_case(work, case, key)
    return [_answer(work, case, key, guarded, channel) for channel in PANEL]


def ask_channel(work: Work, case: Case, key: CaseKey, channel: Channel) -> Answer:
    """Whether the customer may be contacted now in this way."""
    work.actor.require(Permission.CASE_READ)
    return _answer(work, case, key, guard_case(work, case, key), channel)


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
    return Judged(verdict, proposed.channel, decision, resting_on)


def refresh_call_times(work: Work, case: Case, key: CaseKey) -> list[tuple[datetime, datetime]]:
    """Work out when a call is allowed in the next days, for lists; what hangs on the reader is left out."""
    if case.state is not CaseState.HELD:
        return []
    known = replace(_known(work, case, key, work.now), approved=True)
    prepared = prepare(rules_at(work, work.now), situation_of(known))
    found = call_times(prepared, str(case.id), work.now)
    cases.save_call_times(work, case, found, work.now + LOOK_AHEAD, basis_of(prepared.book))
    return found


def basis_of(book: Book) -> str:
    """What call times were worked out with: rules and time zone data."""
    return f"{book.rules.version} {book.tzdata}"


def _answer(work: Work, case: Case, key: CaseKey, guarded: Guarded, channel: Channel) -> Answer:
    stopping = [hold for hold in holds.list_open(work, case.id, key) if hold.stops_contact]
    marks = {Mark.REPLY} if answers_customer(guarded.rows, work.now) else set()
    proposed = Proposed(at=work.now, channel=channel, debt=str(case.id), marks=frozenset(marks))
    return answer(guarded.prepared, proposed, stopping)


def _known(work: Work, case: Case, key: CaseKey, at: datetime) -> Known:
    customer = cases.read_customer(work, case, key)
    agency = work.actor.org_kind is OrgKind.AGENCY
    day = local_day(at, place_of(case.country or "", case.region)) if case.country else at.date()
    since = min(at, work.now) - timedelta(days=HISTORY_DAYS)
    return Known(
        case=case,
        customer=customer,
        zones=_zones(work, case, customer),
        fitting=_fitting(work, case, at) if agency else None,
        approved=not agency or is_approved(own_approvals(work), case.country or "", case.region, day),
        said=facts.list_rows(work, case.id, since),
        holds=holds.list_all(work, case.id, key),
        facts=facts.list_all(work, case.id, key),
        handed_over_at=cases.opened_since(work, case) if agency else None,
    )


def _fitting(work: Work, case: Case, at: datetime) -> Fitting | None:
    """The licence of the agency for this customer as it stands today, for the local day of the contact."""
    if case.country is None or case.debtor_type is None:
        return None
    day = local_day(at, place_of(case.country, case.region))
    held = licences_of(work, work.actor.org)
    return fitting_licence(held, case.country, case.region, case.debtor_type.value, day)


def _zones(work: Work, case: Case, customer: Customer | None) -> tuple[tzinfo, ...]:
    """A zone that only follows from the address says nothing that the address does not."""
    country, phones = case.country or "", customer.phones if customer else ()
    stated = case.time_zone or ""
    if country and stated == zone_of(country, case.region):
        stated = ""
    found = candidate_zones(country, case.region, phones=phones, stated=stated)
    return found or (ZoneInfo(case.time_zone or work.actor.time_zone),)
