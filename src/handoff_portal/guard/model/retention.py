"""How long the rules of a place ask a record to be kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handoff_portal.guard.model.conditions import Retention
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.terms import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of the case; a decision of the guard is one too, above all a blocked one.

    Attributes:
        entered_on: When it was made.
        last_activity_on: Of collecting this debt; None while it goes on.
        recorded_call_on: The day of the call, if it is a recording.
    """

    entered_on: date
    last_activity_on: date | None = None
    recorded_call_on: date | None = None


def keep_through(rules: Iterable[Rule], record: Record) -> date | None:
    """The last day of the longest time that these rules ask for; None while it has not begun to run out."""
    ends = [_end(rule.says, record) for rule in rules if isinstance(rule.says, Retention)]
    known = [end for end in ends if end]
    return max(known) if known and len(known) == len(ends) else None


def _end(says: Retention, record: Record) -> date | None:
    if record.recorded_call_on and says.recordings_years:
        return years_after(record.recorded_call_on, says.recordings_years)
    began = record.last_activity_on if says.clock is Clock.ACTIVITY else record.entered_on
    return years_after(began, says.years) if began else None


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
