"""The next allowed moment: what changes is tried in order, from window to window and day to day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from handoff_portal.guard.model.deciding import Decision, Prepared, Speaker, ask, decide
from handoff_portal.guard.model.situation import Proposed
from handoff_portal.guard.model.terms import Channel, Effect, Outlook

HORIZON_DAYS = 62
"""How far ahead is looked: past the end of any calendar month, and of any statutory wait."""
_SECOND_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Advice:
    """What an agent sees for one channel.

    Attributes:
        decision: For the moment asked about.
        next_allowed: The earliest moment, not before the one asked about, at which nothing blocks; None if
            waiting does not help, or not within the horizon.
        free_from: For each rule that speaks, the earliest moment at which it does not; None as above.
    """

    channel: Channel
    decision: Decision
    next_allowed: datetime | None
    free_from: dict[str, datetime | None]


def advise(prepared: Prepared, proposed: Proposed) -> Advice:
    """The decision with the moments to wait for."""
    decision = decide(prepared, proposed)
    speaking = {finding.rule.id for finding in decision.findings}
    free = {
        one.rule.id: _free_from(prepared, one, proposed) for one in prepared.bound if one.rule.id in speaking
    }
    return Advice(proposed.channel, decision, next_allowed(prepared, proposed), free)


def next_allowed(prepared: Prepared, proposed: Proposed) -> datetime | None:
    """The earliest moment from `proposed.at` on at which nothing blocks; None if it is past the horizon.

    Nothing changes but at midnights, window edges, clock changes and the ends of short waits, in each zone;
    all of them within the horizon are tried in order.
    """

    def open_at(at: datetime) -> bool:
        return decide(prepared, replace(proposed, at=at)).outlook is not Outlook.BLOCKED

    if open_at(proposed.at):
        return proposed.at
    if _is_hopeless(prepared, proposed):
        return None
    return _first(prepared, proposed.at, open_at)


def _is_hopeless(prepared: Prepared, proposed: Proposed) -> bool:
    """Whether a rule blocks that no waiting lifts."""
    decision = decide(prepared, proposed)
    lasting = {one.rule.id for one in prepared.bound if not one.bound.by_time and not one.rule.until}
    return any(
        finding.rule.id in lasting and finding.rule.effect is Effect.BLOCK for finding in decision.findings
    )


def _free_from(prepared: Prepared, one: Speaker, proposed: Proposed) -> datetime | None:
    if not one.bound.by_time and not one.rule.until:
        return None

    def silent_at(at: datetime) -> bool:
        return not one.bound.check(ask(prepared, replace(proposed, at=at)))

    return _first(prepared, proposed.at, silent_at)


def _first(prepared: Prepared, after: datetime, good: Callable[[datetime], bool]) -> datetime | None:
    return next((at for at in turning_points(prepared, after) if good(at)), None)


def turning_points(prepared: Prepared, after: datetime) -> Iterator[datetime]:
    """Every moment after `after` at which a rule may change its mind, in order, day by day."""
    edges = _edges(prepared)
    short = sorted({at for one in prepared.bound for at in one.bound.minutes if at > after})
    reached = after
    for number in range(HORIZON_DAYS):
        until = after + timedelta(days=number + 1)
        found = {at for zone in prepared.situation.zones for at in _of_day(zone, reached, edges)}
        found.update(short)
        yield from sorted(at for at in found if reached < at <= until)
        reached = until


def _edges(prepared: Prepared) -> list[int]:
    """Midnight and every window edge, as seconds of the local day."""
    found = {0}
    for one in prepared.bound:
        for window in one.bound.edges:
            found.update(second for second in window or () if second < _SECOND_DAY)
    return sorted(found)


def _of_day(zone: tzinfo, after: datetime, edges: list[int]) -> Iterator[datetime]:
    """Edges of the local days around `after`, and the clock changes between."""
    today = after.astimezone(zone).date()
    for number in range(3):
        yield from _turns(today + timedelta(days=number), tuple(edges), zone)


@lru_cache(maxsize=4096)
def _turns(day: date, edges: tuple[int, ...], zone: tzinfo) -> tuple[datetime, ...]:
    """Edges and clock changes of one local day; the customers of a page share most of them."""
    found = [at for second in edges for at in _moments(day, second, zone)]
    return (*found, *_clock_change(day, zone))


def _moments(day: date, second: int, zone: tzinfo) -> Iterator[datetime]:
    """The moment at which the local clock shows this second; both of them when the clock goes back."""
    local = datetime.combine(day, time(second // 3600, second // 60 % 60, second % 60), zone)
    for fold in (0, 1):
        yield local.replace(fold=fold).astimezone(UTC)


def _clock_change(day: date, zone: tzinfo) -> Iterator[datetime]:
    """The moment at which the zone's offset changes on this local day, to the second."""
    low = datetime.combine(day, time(), zone).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    yield high
