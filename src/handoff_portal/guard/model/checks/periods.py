"""Working days, and the period in which a customer may dispute."""

from datetime import date, timedelta

from handoff_portal.guard.model.checks.asked import Ground, Holidays
from handoff_portal.guard.model.terms import Sent

_SATURDAY = 5


def after_working_days(day: date, days: int, calendar: str, holidays: Holidays) -> date:
    """The day that is `days` working days after `day`, which does not count."""
    while days:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and not (calendar and holidays(calendar, day)):
            days -= 1
    return day


def notice_days(ground: Ground, notice: Sent) -> tuple[int, ...] | None:
    """The local days on which a notice was sent, zone by zone; None if it was not."""
    found = ground.situation.sent.get(notice)
    if found is None or found.sent_at is None:
        return None
    return ground.local_days(found.sent_at)


def dispute_period_ends(
    ground: Ground, period_days: int, receipt_days: int, calendar: str
) -> tuple[int | None, ...]:
    """Last local day of the period, zone by zone; None where it is not known or did not begin.

    A notice counts as received on the `receipt_days`-th working day after it was sent, unless it was handed
    over or the day is known.
    """
    found = ground.situation.sent.get(Sent.VALIDATION)
    sent = notice_days(ground, Sent.VALIDATION)
    if found is None or sent is None:
        return tuple(None for _ in ground.situation.zones)
    if found.received_on:
        return tuple(found.received_on.toordinal() + period_days for _ in sent)
    waits = 0 if found.in_person else receipt_days
    return tuple(
        after_working_days(date.fromordinal(day), waits, calendar, ground.holidays).toordinal() + period_days
        for day in sent
    )
