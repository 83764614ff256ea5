"""Counts: frequency, pace, and rest after a conversation."""

from collections.abc import Callable
from datetime import date, timedelta

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.checks.consent import Consent, consent_of
from handoff_portal.guard.model.checks.tally import Tally, concerns
from handoff_portal.guard.model.limits import Cooldown, Frequency, Pace
from handoff_portal.guard.model.situation import Contact, Situation
from handoff_portal.guard.model.terms import Channel, Direction, Mark, Outcome

_TO_OTHERS = frozenset({Channel.THIRD_PARTY_CALL, Channel.THIRD_PARTY_MESSAGE})


def bind_frequency(says: Frequency, ground: Ground) -> Bound:
    """A limit on contacts in a window of local dates, in every zone."""
    free = _free_days(ground, says.consent_days)
    tally = Tally(ground, _counted(says, ground.situation), _uncovered(free), says.scope)
    spoken = Tally(ground, _conversations(ground.situation), scope=says.scope)
    asking = Tally(ground, _asking(says, ground.situation), scope=says.scope)
    granted = says.needs is None or says.needs in ground.situation.facts

    def check(asked: Asked) -> str | None:
        if not _is_limited(says, asked, free):
            return None
        if not granted:
            return _unasked(says, asked, asking)
        if says.after_conversation and not spoken.any_before(asked):
            return None
        return _over(says, asked, tally, says.limit)

    return Bound(check, minutes=free.changes if free else ())


def _counted(says: Frequency, situation: Situation) -> list[Contact]:
    return [
        contact
        for contact in situation.history
        if contact.direction is Direction.OUTBOUND
        and contact.channel in says.channels
        and contact.outcome in says.outcomes
        and not contact.marks & says.exempt
        and not (says.consent_days and Mark.CONSENTED in contact.marks)
    ]


def _conversations(situation: Situation) -> list[Contact]:
    """Those with the customer; a word with others starts nothing."""
    return [
        contact
        for contact in situation.history
        if contact.outcome is Outcome.CONVERSATION and contact.channel not in _TO_OTHERS
    ]


def _asking(says: Frequency, situation: Situation) -> list[Contact]:
    return [
        contact
        for contact in situation.history
        if says.asking in contact.marks and contact.channel in says.channels
    ]


def _is_limited(says: Frequency, asked: Asked, free: Consent | None) -> bool:
    proposed = asked.proposed
    if proposed.channel not in says.channels or proposed.marks & says.exempt:
        return False
    if says.consent_days and Mark.CONSENTED in proposed.marks:
        return False
    return free is None or not free.frees(asked)


def _unasked(says: Frequency, asked: Asked, asking: Tally) -> str | None:
    if says.asking is None or says.asking not in asked.proposed.marks:
        return "The customer has not consented to this channel."
    return _over(says, asked, asking, says.asking_limit)


def _over(says: Frequency, asked: Asked, tally: Tally, limit: int) -> str | None:
    for zone, moment in enumerate(asked.moments):
        first = (
            moment.day - says.days + 1
            if says.days
            else date.fromordinal(moment.day).replace(day=1).toordinal()
        )
        if (found := tally.count(asked, zone, first) + 1) > limit:
            return f"It would be number {found} in {_window(says)}; at most {limit} are fine."
    return None


def _window(says: Frequency) -> str:
    return f"{says.days} days" if says.days else "this month"


def _free_days(ground: Ground, days: int) -> Consent | None:
    return consent_of(ground, days) if days else None


def _uncovered(free: Consent | None) -> Callable[[Contact, int, int], bool] | None:
    return (lambda contact, zone, day: not free.covers(contact, zone, day)) if free else None


def bind_pace(says: Pace, ground: Ground) -> Bound:
    """No second call right after an unanswered one, and not too many to one number on one day."""
    calls = [
        contact
        for contact in ground.situation.history
        if contact.direction is Direction.OUTBOUND
        and contact.channel in says.channels
        and contact.outcome is not Outcome.NOT_CONNECTED
    ]
    unanswered = Tally(ground, [call for call in calls if call.outcome in says.gap_outcomes])
    everything = Tally(ground, calls, scope=says.scope)
    gap = timedelta(minutes=says.gap_minutes)

    def check(asked: Asked) -> str | None:
        if asked.proposed.channel not in says.channels:
            return None
        recent = unanswered.since(asked.at, asked.at - gap)
        if any(concerns(call, asked.proposed, says.scope) for call in recent):
            return f"A call went unanswered less than {says.gap_minutes} minutes ago."
        return _crowded(says, asked, everything)

    ends = tuple(call.at + gap for call in calls if call.outcome in says.gap_outcomes)
    return Bound(check, minutes=ends)


def _crowded(says: Pace, asked: Asked, calls: Tally) -> str | None:
    for zone, moment in enumerate(asked.moments):
        if calls.count(asked, zone, moment.day) + 1 > says.same_day:
            same = _to_same_number(says, asked, zone, calls) + 1
            if same > says.same_day:
                return f"It would be call number {same} to this number today."
    return None


def _to_same_number(says: Pace, asked: Asked, zone: int, calls: Tally) -> int:
    number = asked.proposed.number
    today = calls.since(asked.at, asked.at - timedelta(days=2))
    return sum(
        1
        for call in today
        if calls.day_in(call, zone) == asked.moments[zone].day
        and concerns(call, asked.proposed, says.scope)
        and (not number or not call.number or call.number == number)
    )


def bind_cooldown(says: Cooldown, ground: Ground) -> Bound:
    """Rest after a conversation; the date of the conversation is day 1, whoever began it."""
    free = _free_days(ground, says.consent_days)
    tally = Tally(
        ground,
        (
            contact
            for contact in ground.situation.history
            if contact.channel in says.channels and contact.outcome in says.outcomes
        ),
    )
    excused = says.exempt | ({Mark.CONSENTED} if says.consent_days else frozenset())

    def check(asked: Asked) -> str | None:
        proposed = asked.proposed
        if proposed.channel not in says.channels or proposed.marks & excused or (free and free.frees(asked)):
            return None
        for zone, moment in enumerate(asked.moments):
            if tally.count(asked, zone, moment.day - says.days + 1):
                return f"There was a conversation in the last {says.days} days."
        return None

    return Bound(check, minutes=free.changes if free else ())
