"""Logging a contact: what was said, how it was received, and what follows from it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions.cases import opened_since, pass_turn
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.actions.guarding import Judged, judge, refresh_call_times
from handoff_portal.contacts.actions.holds import stop_contact
from handoff_portal.contacts.actions.promises import make_promise
from handoff_portal.contacts.model.communications import (
    Communication,
    ContactEntry,
    Direction,
    Party,
    Source,
    check_contact,
)
from handoff_portal.contacts.model.dispositions import REASONS, Reached, Rule
from handoff_portal.contacts.model.events import ContactAgainstHold, ContactLogged
from handoff_portal.contacts.model.holds import Hold, HoldKind
from handoff_portal.contacts.model.overrides import ContactAgainstGuard, blocking, codes
from handoff_portal.contacts.store import basis, communications, holds, overrides
from handoff_portal.core.deadlines import end_of_day, start_of_day
from handoff_portal.core.events import Code
from handoff_portal.core.ids import CommunicationId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Invalid

REVIEW_DAYS = 2
"""Working days for the business to look at a contact that was made against a hold."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What logging a contact led to.

    Attributes:
        against: Holds that stopped contact when it was made; empty is the rule.
        holds: Kinds of hold that follow from it.
        blocked_by: Ids of rules that blocked it at its own time, if nobody entitled decided to go on.
    """

    id: CommunicationId
    against: tuple[Hold, ...]
    holds: tuple[HoldKind, ...]
    blocked_by: tuple[str, ...] = ()


def log_contact(work: Work, case: Case, key: CaseKey, entry: ContactEntry) -> Logged:
    """Log one contact with the customer, and place the hold or promise that follows from it.

    The agency that holds the case logs with a code; the business, which should leave the talking to it, can
    log what reaches it all the same, without one. History is never bent: a contact made against a hold is
    stored and shown, and the business is asked to look at it. A contact before the hand-over is stored if its
    text says how it came about.

    Raises:
        Invalid: By field: a time to come, a code that does not fit, an amount or a text missing.
        WrongState: The case is not in hands that can log.
    """
    work.actor.require(Permission.CONTACT_LOG)
    agency = work.actor.org_kind is OrgKind.AGENCY
    since = _since(work, case) if agency else None
    if not agency:
        case.require_owner(work.actor)
        case.require_state(CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    _check(work, case, entry, since)
    against = _against(work, case, key, entry)
    judged = judge(work, case, key, entry)
    words = conduct.judge_words(work, entry)
    made = replace(
        _made(work, case, entry, judged, against=bool(against)), checked=conduct.kept(words, entry)
    )
    event = _logged(case, made, before=since is not None and entry.occurred_at < since)
    communications.add_contact(work, case, key, made, event)
    if judged is not None:
        _remember(work, case, made.id, judged)
    conduct.ask_review(work, case, key, made, words)
    follows = _follow(work, case, key, entry, made.id)
    blocked_by = _report(work, case, made, against, judged)
    refresh_call_times(work, case, key)
    return Logged(made.id, against, follows, blocked_by)


def _since(work: Work, case: Case) -> datetime:
    case.require_holder(work.actor)
    case.require_state(CaseState.HELD)
    return opened_since(work, case)


def _check(work: Work, case: Case, entry: ContactEntry, since: datetime | None) -> None:
    today = work.now.astimezone(ZoneInfo(_zone(work, case))).date()
    if since is not None and entry.disposition is None:
        raise Invalid({"disposition": "Please choose what came of it."})
    if since is None and entry.disposition is not None:
        raise Invalid({"disposition": "Outcomes are for the agency that holds the case."})
    check_contact(entry, work.now, today, since)


def _remember(work: Work, case: Case, made: CommunicationId, judged: Judged) -> None:
    basis.add(work, case, made, judged.known)
    if judged.resting_on is not None:
        overrides.use(work, judged.resting_on, made)


def _against(work: Work, case: Case, key: CaseKey, entry: ContactEntry) -> tuple[Hold, ...]:
    """Holds that this contact went against; answering the customer or their adviser goes against none."""
    if entry.direction is Direction.IN or entry.party is not Party.CUSTOMER or _internal(entry.rule):
        return ()
    known = holds.list_all(work, case.id, key)
    return tuple(hold for hold in known if hold.stops_contact and hold.held_at(entry.occurred_at))


def _internal(rule: Rule | None) -> bool:
    return rule is not None and rule.reached is Reached.INTERNAL


def _made(
    work: Work, case: Case, entry: ContactEntry, judged: Judged | None, *, against: bool
) -> Communication:
    return Communication(
        id=CommunicationId(new_id()),
        org=work.actor.org,
        source=Source.CONTACT,
        occurred_at=entry.occurred_at,
        zone=_zone(work, case),
        channel=entry.channel,
        direction=entry.direction,
        party=entry.party,
        words=entry.words,
        recorded_at=work.now,
        disposition=entry.disposition,
        received_as=entry.received_as,
        reason=entry.reason,
        next_step=entry.next_step,
        next_on=entry.next_on,
        against_hold=against,
        documents=entry.documents,
        place=entry.place,
        verdict=judged.verdict if judged else None,
    )


def _logged(case: Case, made: Communication, *, before: bool) -> ContactLogged:
    if made.occurred_at is None:
        raise ValueError("a logged contact has a time")
    verdict = made.verdict
    return ContactLogged(
        case=case.id,
        own=case.business,
        communication=made.id,
        occurred_at=made.occurred_at,
        channel=made.channel,
        direction=made.direction,
        disposition=made.disposition,
        received_as=made.received_as,
        reason=made.reason,
        before_handover=before,
        outlook=verdict.outlook if verdict else None,
        rules=codes(verdict.rules) if verdict else (),
        rules_version=Code(verdict.version) if verdict else None,
        tzdata=Code(verdict.tzdata) if verdict else None,
        words=made.checked.outcome if made.checked else None,
        words_classes=made.checked.classes if made.checked else (),
        words_model=Code(made.checked.model) if made.checked else None,
        words_cut=made.checked is not None and made.checked.cut,
    )


def _follow(
    work: Work, case: Case, key: CaseKey, entry: ContactEntry, made: CommunicationId
) -> tuple[HoldKind, ...]:
    """Promise, holds and turn that the code and the reason ask for."""
    rule = entry.rule
    _pass_turn(work, case, entry, rule)
    kinds = []
    if rule is not None and rule.asks_promise and entry.promised is not None:
        make_promise(work, case, made, entry.promised)
        until = start_of_day(entry.promised.due_on + timedelta(days=1), _zone(work, case))
        stop_contact(work, case, key, HoldKind.PROMISE, entry.words.text, until=until, communication=made)
        kinds.append(HoldKind.PROMISE)
    elif rule is not None and rule.hold is not None:
        stop_contact(work, case, key, rule.hold, entry.words.text, communication=made)
        kinds.append(rule.hold)
    if entry.reason is not None and REASONS[entry.reason].hardship and HoldKind.HARDSHIP not in kinds:
        text = entry.words.text or REASONS[entry.reason].words
        stop_contact(work, case, key, HoldKind.HARDSHIP, text, communication=made)
        kinds.append(HoldKind.HARDSHIP)
    return tuple(kinds)


def _pass_turn(work: Work, case: Case, entry: ContactEntry, rule: Rule | None) -> None:
    """What waits for the business stays with it, unless the contact itself asks for something else."""
    zone = _zone(work, case)
    if rule is None:
        return
    if rule.turn is Turn.BUSINESS:
        pass_turn(work, case, Turn.BUSINESS, working_days_later(work.now, rule.turn_days, zone))
    elif case.turn is Turn.BUSINESS:
        return
    elif entry.promised is not None and rule.asks_promise:
        pass_turn(work, case, Turn.AGENCY, end_of_day(entry.promised.due_on + timedelta(days=1), zone))
    elif entry.next_on is not None:
        pass_turn(work, case, Turn.AGENCY, end_of_day(entry.next_on, zone))
    else:
        pass_turn(work, case, Turn.AGENCY, working_days_later(work.now, rule.turn_days, zone))


def _report(
    work: Work, case: Case, made: Communication, against: tuple[Hold, ...], judged: Judged | None
) -> tuple[str, ...]:
    """Ask both sides to look at a contact made against a hold or a block; gives the rules that blocked it."""
    if against:
        event = ContactAgainstHold(
            case=case.id,
            own=case.business,
            communication=made.id,
            holds=tuple(hold.id for hold in against),
            kinds=tuple(hold.kind for hold in against),
        )
        overrides.raise_flag(work, case, made.id, event)
    blocked_by = _blocked_by(judged)
    if judged is not None and blocked_by:
        overrides.raise_flag(work, case, made.id, _against_guard(case, made, judged, blocked_by))
    if against or blocked_by:
        pass_turn(work, case, Turn.BUSINESS, working_days_later(work.now, REVIEW_DAYS, _zone(work, case)))
    return blocked_by


def _blocked_by(judged: Judged | None) -> tuple[str, ...]:
    if judged is None or not judged.verdict.against:
        return ()
    return tuple(sorted(blocking(judged.decision)))


def _against_guard(
    case: Case, made: Communication, judged: Judged, rules: tuple[str, ...]
) -> ContactAgainstGuard:
    return ContactAgainstGuard(
        case=case.id,
        own=case.business,
        communication=made.id,
        channel=judged.channel,
        rules=codes(rules),
        rules_version=Code(judged.verdict.version),
        tzdata=Code(judged.verdict.tzdata),
    )


def _zone(work: Work, case: Case) -> str:
    return case.time_zone or work.actor.time_zone
