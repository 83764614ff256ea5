"""Counting contacts by the customer's local dates, indexed once per situation."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime

from handoff_portal.guard.model.checks.asked import Asked, Ground
from handoff_portal.guard.model.situation import Contact


class Tally:
    """Contacts that one rule counts, with their local dates in every zone.

    Contacts after the moment asked about are not counted, nor those about another debt.
    """

    def __init__(
        self,
        ground: Ground,
        contacts: Iterable[Contact],
        keep: Callable[[int, int], bool] | None = None,
    ) -> None:
        """Index `contacts`; `keep(zone, day)` says which local dates count in which zone."""
        self._contacts = sorted(contacts, key=lambda contact: contact.at)
        self._moments = [contact.at for contact in self._contacts]
        by_contact = [ground.local_days(at) for at in self._moments]
        self._days = [[days[zone] for days in by_contact] for zone in range(len(ground.situation.zones))]
        self._keep = keep
        self._ground = ground
        self._sorted = [
            sorted(day for day in days if keep is None or keep(zone, day))
            for zone, days in enumerate(self._days)
        ]
        self._of_all = not any(contact.debts for contact in self._contacts)
        self._last = self._moments[-1] if self._moments else None

    def any_before(self, at: datetime) -> bool:
        """Whether there is a contact up to this moment."""
        return bool(self._moments) and self._moments[0] <= at

    def count(self, asked: Asked, zone: int, first: int) -> int:
        """Contacts on the local dates from `first` (an ordinal) to the asked one, in one zone."""
        if self._last is None:
            return 0
        if asked.at >= self._last and (self._of_all or asked.proposed.debt is None):
            days = self._sorted[zone]
            return bisect_right(days, asked.moments[zone].day) - bisect_left(days, first)
        return self._count_singly(asked, zone, first)

    def _count_singly(self, asked: Asked, zone: int, first: int) -> int:
        debt, until = asked.proposed.debt, asked.moments[zone].day
        before = bisect_right(self._moments, asked.at)
        return sum(
            first <= day <= until
            and concerns(contact, debt)
            and (self._keep is None or self._keep(zone, day))
            for contact, day in zip(self._contacts[:before], self._days[zone][:before], strict=True)
        )

    def day_in(self, contact: Contact, zone: int) -> int:
        """The local date of a contact in one zone, as an ordinal."""
        return self._ground.local_days(contact.at)[zone]

    def since(self, at: datetime, earliest: datetime) -> list[Contact]:
        """Contacts from `earliest`, exclusive, up to `at`, in order."""
        return self._contacts[bisect_right(self._moments, earliest) : bisect_right(self._moments, at)]


def concerns(contact: Contact, debt: str | None) -> bool:
    """Whether a contact counts for this debt: one that names no debt counts for all."""
    return debt is None or not contact.debts or debt in contact.debts
