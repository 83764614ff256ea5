"""Notices: sent in time, waited for, not overshadowed."""

from datetime import date, datetime

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.checks.periods import after_working_days, dispute_period_ends, notice_days
from handoff_portal.guard.model.conditions import Deadline, Overshadowing, Wait
from handoff_portal.guard.model.terms import Sent


def bind_deadline(says: Deadline, ground: Ground) -> Bound | None:
    """The notice must be sent within some days of the first communication; None if nothing is amiss."""
    situation = ground.situation
    notice = situation.sent.get(says.notice)
    if notice is None or situation.initial_at is None:
        return None
    begun = ground.local_days(situation.initial_at)
    paid = _paid_in_time(says, ground, begun)

    def check(asked: Asked) -> str | None:
        sent = notice.sent_at is not None and notice.sent_at <= asked.at
        if sent or asked.proposed.marks & says.exempt or (paid is not None and paid <= asked.at):
            return None
        if any(moment.day - day > says.days for moment, day in zip(asked.moments, begun, strict=True)):
            return f"The notice was due {says.days} days after the first contact; send it first."
        return None

    return Bound(check, by_time=False)


def _paid_in_time(says: Deadline, ground: Ground, begun: tuple[int, ...]) -> datetime | None:
    """When the debt was paid, if that was before the notice was due."""
    paid = ground.situation.paid_at
    if not says.waived_if_paid or paid is None:
        return None
    pairs = zip(ground.local_days(paid), begun, strict=True)
    return paid if all(day - first <= says.days for day, first in pairs) else None


def bind_overshadowing(says: Overshadowing, ground: Ground) -> Bound | None:
    """Nothing may push the customer while the period to dispute runs; None if no notice was sent."""
    if notice_days(ground, Sent.VALIDATION) is None:
        return None
    ends = dispute_period_ends(ground, says.period_days, says.receipt_days, says.calendar)

    def check(asked: Asked) -> str | None:
        if not asked.proposed.marks & says.marks:
            return None
        if any(end is None or moment.day <= end for moment, end in zip(asked.moments, ends, strict=True)):
            return "The customer still has time to dispute the claim."
        return None

    return Bound(check)


def bind_wait(says: Wait, ground: Ground) -> Bound | None:
    """Some days must pass after a notice; None if it is not looked at or was given in time."""
    situation = ground.situation
    barred = bool(situation.facts & says.never_facts)
    notice = situation.sent.get(says.notice)
    if not barred and (notice is None or (notice.sent_at is None and says.given in situation.facts)):
        return None
    sent = notice_days(ground, says.notice)
    first = _first_days(says, ground, sent) if sent else None

    def check(asked: Asked) -> str | None:
        proposed = asked.proposed
        if says.channels and proposed.channel not in says.channels:
            return None
        if barred:
            return "The customer may be vulnerable; no notice makes up for that."
        if proposed.marks & says.exempt:
            return None
        if first is None or (notice and notice.sent_at and notice.sent_at > asked.at):
            return "The written notice comes first."
        if any(moment.day < day for moment, day in zip(asked.moments, first, strict=True)):
            return f"{says.days} days must pass after the written notice."
        return None

    sending = (notice.sent_at,) if notice and notice.sent_at else ()
    return Bound(check, minutes=sending, by_time=first is not None and not barred)


def _first_days(says: Wait, ground: Ground, sent: tuple[int, ...]) -> tuple[int, ...]:
    if not says.working_days:
        return tuple(day + says.days for day in sent)
    return tuple(
        after_working_days(date.fromordinal(day), says.days, says.calendar, ground.holidays).toordinal()
        for day in sent
    )
