"""Counting contacts by the customer's local dates, indexed once per situation."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime

from handoff_portal.guard.model.checks.asked import Asked, Ground
from handoff_portal.guard.model.situation import Contact, Proposed
from handoff_portal.guard.model.terms import Scope


class Tally:
    """Contacts that one rule counts, with their local dates in every zone.

    Contacts after the moment asked about are not counted, nor those beyond the rule's scope.
    """

    def __init__(
        self,
        ground: Ground,
        contacts: Iterable[Contact],
        keep: Callable[[Contact, int, int], bool] | None = None,
        scope: Scope = Scope.DEBT,
    ) -> None:
        """Index `contacts`; `keep(contact, zone, day)` says which of them count in which zone."""
        self._contacts = sorted(contacts, key=lambda contact: contact.at)
        self._moments = [contact.at for contact in self._contacts]
        by_contact = [ground.local_days(at) for at in self._moments]
        self._days = [[days[zone] for days in by_contact] for zone in range(len(ground.situation.zones))]
        self._keep = keep
        self._ground = ground
        self._sorted = [
            sorted(days)
            if keep is None
            else sorted(day for one, day in zip(self._contacts, days, strict=True) if keep(one, zone, day))
            for zone, days in enumerate(self._days)
        ]
        self._scope = scope
        self._of_all = not any(_named(contact, scope) for contact in self._contacts)
        self._last = self._moments[-1] if self._moments else None

    def any_before(self, asked: Asked) -> bool:
        """Whether there is a contact up to the moment asked about."""
        before = self._contacts[: bisect_right(self._moments, asked.at)]
        return any(concerns(contact, asked.proposed, self._scope) for contact in before)

    def count(self, asked: Asked, zone: int, first: int) -> int:
        """Contacts on the local dates from `first` (an ordinal) to the asked one, in one zone."""
        if self._last is None:
            return 0
        if asked.at >= self._last and (self._of_all or not _named(asked.proposed, self._scope)):
            days = self._sorted[zone]
            return bisect_right(days, asked.moments[zone].day) - bisect_left(days, first)
        return self._count_singly(asked, zone, first)

    def _count_singly(self, asked: Asked, zone: int, first: int) -> int:
        until = asked.moments[zone].day
        before = bisect_right(self._moments, asked.at)
        return sum(
            first <= day <= until
            and concerns(contact, asked.proposed, self._scope)
            and (self._keep is None or self._keep(contact, zone, day))
            for contact, day in zip(self._contacts[:before], self._days[zone][:before], strict=True)
        )

    def day_in(self, contact: Contact, zone: int) -> int:
        """The local date of a contact in one zone, as an ordinal."""
        return self._ground.local_days(contact.at)[zone]

    def since(self, at: datetime, earliest: datetime) -> list[Contact]:
        """Contacts from `earliest`, exclusive, up to `at`, in order."""
        return self._contacts[bisect_right(self._moments, earliest) : bisect_right(self._moments, at)]


def concerns(contact: Contact, proposed: Proposed, scope: Scope) -> bool:
    """Whether a contact counts with the proposed one: it does unless both say that they are apart."""
    if scope is Scope.CUSTOMER:
        return True
    if scope is Scope.CREDITOR:
        return not (contact.creditor and proposed.creditor) or contact.creditor == proposed.creditor
    return proposed.debt is None or not contact.debts or proposed.debt in contact.debts


def _named(one: Contact | Proposed, scope: Scope) -> bool:
    """Whether a contact says what the scope tells apart."""
    if scope is Scope.CUSTOMER:
        return False
    if scope is Scope.CREDITOR:
        return bool(one.creditor)
    return bool(one.debts) if isinstance(one, Contact) else one.debt is not None
