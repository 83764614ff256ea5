"""The respectful-contact score of an agency: six shares of the last 90 days, shown with their counts. Pure.

docs/respect.md defines it in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from handoff_portal.core.ids import OrgId

PERIOD = timedelta(days=90)
LEAST_CONTACTS = 20
"""With fewer contacts a share says nothing, and could point at a person."""
_COACHED = 4
"""So many coached contacts weigh as much as one breach."""
_COMPLAINTS_AT_WORST = 20
"""One complaint in so many contacts takes all points of that part."""
_FULL = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in the period; all over cases of all businesses.

    Attributes:
        contacts: Of the agency with customers, begun by the agency.
        checked: Those whose words were checked; `fine` of them stood out in nothing.
        flagged: Those that went against a hold or a block.
        received: Those where it is known how they were received; `well` of them kindly or matter-of-fact.
        complaints: Complaints that customers made to the agency.
        coached: Contacts of which a supervisor saw a kinder way; `breaches` those called a breach.
        asked: Questions of businesses; `answered` of them within three days.
    """

    agency: OrgId
    contacts: int = 0
    checked: int = 0
    fine: int = 0
    flagged: int = 0
    received: int = 0
    well: int = 0
    complaints: int = 0
    coached: int = 0
    breaches: int = 0
    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score.

    Attributes:
        points: 0 to 100.
        weight: How much it counts among the parts that are known.
        told: The counts behind it, in words.
    """

    label: str
    points: int
    weight: int
    told: str


@dataclass(frozen=True, slots=True)
class Respect:
    """The score of one agency.

    Attributes:
        score: 0 to 100; None with too few contacts.
        parts: Those that are known; empty with too few contacts.
    """

    counts: Counts
    score: int | None
    parts: tuple[Part, ...]

    @property
    def tone(self) -> str:
        """How it is coloured; the number says the same."""
        bounds = ((90, "good"), (75, "info"), (60, "warn"))
        return next((tone for least, tone in bounds if (self.score or 0) >= least), "bad")


def respect_of(counts: Counts) -> Respect:
    """The score: the weighted mean of the parts that are known."""
    if counts.contacts < LEAST_CONTACTS:
        return Respect(counts, None, ())
    parts = tuple(_parts(counts))
    weight = sum(part.weight for part in parts)
    return Respect(counts, round(sum(part.points * part.weight for part in parts) / weight), parts)


def _parts(c: Counts) -> Iterator[Part]:
    yield _part("Contacts within the rules", c.contacts - c.flagged, c.contacts, 25)
    if c.checked:
        yield _part("Words where nothing stood out", c.fine, c.checked, 25)
        lost = min(1.0, (c.breaches + c.coached / _COACHED) / c.checked)
        told = f"breaches: {c.breaches}, coached: {c.coached}, of {c.checked}"
        yield Part("Not objected to by a supervisor", _down((1 - lost) * _FULL), 15, told)
    if c.received:
        yield _part("Received kindly or matter-of-fact", c.well, c.received, 15)
    lost = min(1.0, c.complaints * _COMPLAINTS_AT_WORST / c.contacts)
    told = f"{c.complaints} in {c.contacts} contacts"
    yield Part("Free of complaints", _down((1 - lost) * _FULL), 15, told)
    if c.asked:
        yield _part("Businesses answered within three days", c.answered, c.asked, 5)


def _part(label: str, good: int, of: int, weight: int) -> Part:
    return Part(label, _down(good * _FULL / of), weight, f"{good} of {of}")


def _down(points: float) -> int:
    """Whole points; 100 only if nothing is missing."""
    return max(0, int(points + 1e-9))
