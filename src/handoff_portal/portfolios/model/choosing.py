"""Which accounts of a checked portfolio are looked at, and what would become of all of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from handoff_portal.portfolios.model.portfolio import Figures, ReceiptLine, Staged, Standing


class Show(StrEnum):
    """Filters of the list of accounts."""

    ALL = "all"
    READY = "ready"
    UNREADY = "unready"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FIXED = "fixed"
    LEFT_OUT = "left-out"


SHOW_WORDS: dict[Show, str] = {
    Show.ALL: "All",
    Show.READY: "New and ready",
    Show.UNREADY: "New, not ready",
    Show.CHANGED: "Balance changed",
    Show.UNCHANGED: "Known, the same",
    Show.FIXED: "Known, cannot change",
    Show.LEFT_OUT: "Left out by you",
}

LEFT_WORDS: dict[str, str] = {
    "not_chosen": "You left it out.",
    "not_ready": "It is not ready under your escalation policy.",
    "fixed": "The case is offered, closed or in another currency, so its balance stays.",
}
"""Why an account did not go, by `ReceiptLine.did`."""


def group_of(staged: Staged) -> Show:
    """The one filter, besides all, that an account belongs to."""
    if staged.change.standing is Standing.NEW:
        return Show.UNREADY if staged.failing else Show.READY
    return Show(staged.change.standing.value)


def fits(show: Show, staged: Staged, *, chosen: bool) -> bool:
    """Whether a filter finds an account."""
    if show is Show.LEFT_OUT:
        return not chosen
    return show is Show.ALL or show is group_of(staged)


@dataclass(frozen=True, slots=True)
class Plan:
    """What committing would do, in accounts.

    Attributes:
        made: New and ready; `excepted` would go along under an exception, `barred` cannot.
        adjusted: Known, with another balance.
        left_out: By a person.
    """

    made: int
    excepted: int
    barred: int
    adjusted: int
    unchanged: int
    fixed: int
    left_out: int = 0

    @property
    def does_something(self) -> bool:
        """Whether there is anything to commit."""
        return bool(self.made or self.excepted or self.adjusted)


def plan_of(figures: Figures, left_out: Iterable[Staged]) -> Plan:
    """The figures without what somebody left out."""
    out = list(left_out)
    groups = [group_of(one) for one in out]
    barred = sum(one.barred for one, group in zip(out, groups, strict=True) if group is Show.UNREADY)
    counted = figures.standings.get
    return Plan(
        made=figures.ready - groups.count(Show.READY),
        excepted=figures.exceptions - groups.count(Show.UNREADY) + barred,
        barred=figures.barred - barred,
        adjusted=counted(Standing.CHANGED, 0) - groups.count(Show.CHANGED),
        unchanged=counted(Standing.UNCHANGED, 0) - groups.count(Show.UNCHANGED),
        fixed=counted(Standing.FIXED, 0) - groups.count(Show.FIXED),
        left_out=len(out),
    )


def was_left(line: ReceiptLine) -> bool:
    """Whether an account of a receipt did not go."""
    return line.did in LEFT_WORDS
