"""A question to the guard: one contact, seen from every zone the customer may be in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from handoff_portal.guard.model.limits import Week
from handoff_portal.guard.model.situation import Proposed, Situation

Holidays = Callable[[str, date], bool]
"""Whether a day is a public holiday in the calendar of that name."""


class Moment(NamedTuple):
    """A moment on the customer's clock: second of the day, day as an ordinal, weekday with Monday 0."""

    second: int
    day: int
    weekday: int


@dataclass(slots=True)
class Asked:
    """The contact somebody has in mind, with the customer's clock in every zone."""

    proposed: Proposed
    at: datetime
    moments: tuple[Moment, ...]


Check = Callable[[Asked], str | None]
"""Why a rule speaks against the contact, in plain words; None if it does not."""


class Bound(NamedTuple):
    """A rule bound to a situation.

    Attributes:
        check: Asked for every contact.
        edges: The windows whose edges it watches; empty if it watches dates only.
        minutes: Moments on which it changes beside edges and midnights.
        by_time: Whether waiting can lift it at all.
    """

    check: Check
    edges: Week = ()
    minutes: tuple[datetime, ...] = ()
    by_time: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """What a rule is bound to.

    Attributes:
        places: Every jurisdiction the customer falls under.
        others: Checks of the same kind that one that yields waits for; for hours, whether they cover.
        licence_law: Whether the place has a licence rule of its own.
    """

    situation: Situation
    holidays: Holidays
    places: frozenset[str]
    others: tuple[Check, ...] = ()
    licence_law: bool = False
    _days: dict[datetime, tuple[int, ...]] = field(default_factory=dict)

    def local_days(self, at: datetime) -> tuple[int, ...]:
        """The ordinal of the customer's date in every zone, in their order; reckoned once for a moment."""
        found = self._days.get(at)
        if found is None:
            found = tuple(at.astimezone(zone).toordinal() for zone in self.situation.zones)
            self._days[at] = found
        return found


def moment_of(local: datetime) -> Moment:
    """What a local time says to rules."""
    day = local.toordinal()
    return Moment(local.hour * 3600 + local.minute * 60 + local.second, day, (day + 6) % 7)
