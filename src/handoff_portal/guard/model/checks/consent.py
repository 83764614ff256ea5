"""Prior consent to be called: what comes before it is not agreed to, and where it lasts only some days."""

from dataclasses import dataclass
from datetime import datetime

from handoff_portal.guard.model.checks.asked import Asked, Ground
from handoff_portal.guard.model.situation import Contact


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent as every zone of the customer sees it.

    Attributes:
        at: Its moment, if known.
        first: The ordinal of its local date in every zone.
        days: How many days it lasts, its own the first; 0 without end.
    """

    at: datetime | None
    first: tuple[int, ...]
    days: int

    def frees(self, asked: Asked) -> bool:
        """Whether it was given before the contact and lasts on its date, in every zone."""
        pairs = zip(asked.moments, self.first, strict=True)
        return self._prior(asked.at) and all(self._lasts(moment.day, first) for moment, first in pairs)

    def covers(self, contact: Contact, zone: int, day: int) -> bool:
        """Whether a past contact on this local date was agreed to."""
        return self._prior(contact.at) and self._lasts(day, self.first[zone])

    def _prior(self, at: datetime) -> bool:
        return self.at is None or self.at <= at

    def _lasts(self, day: int, first: int) -> bool:
        return first <= day and (not self.days or day < first + self.days)

    @property
    def changes(self) -> tuple[datetime, ...]:
        """The moment at which it begins to free, if that is no midnight."""
        return (self.at,) if self.at else ()


def consent_of(ground: Ground, days: int) -> Consent | None:
    """The customer's dated consent; None if there is none or its day is not known."""
    situation = ground.situation
    if situation.consent_at is not None:
        return Consent(situation.consent_at, ground.local_days(situation.consent_at), days)
    if situation.consent_on is None:
        return None
    return Consent(None, tuple(situation.consent_on.toordinal() for _ in situation.zones), days)
