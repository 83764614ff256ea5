"""What an agency sees of a case before it holds it: bands and counts, never who it is about."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from handoff_portal.core.money import minor_digits

AMOUNT_STEPS = (500, 2_000, 10_000, 50_000, 250_000)
"""Upper ends of the amount bands, in major units of the currency."""

AGE_STEPS = (60, 120, 365, 730)
"""Upper ends of the age bands, in days overdue."""

_YEAR = 365


@dataclass(frozen=True, slots=True)
class Preview:
    """The redacted picture of a case.

    Attributes:
        amount_band: Lower and upper end in major units; None where open-ended.
        age_band: Lower and upper end in days overdue; None where open-ended.
        place: Country and region (ISO 3166) of the customer.
        sector: Sector code of the business.
        history: Number of messages and contacts so far.
        documents: Kind to number.
        disputed: Whether the customer disputes the debt.
    """

    currency: str
    amount_band: tuple[int | None, int | None]
    age_band: tuple[int | None, int | None]
    debtor_type: str
    claim_type: str
    country: str
    region: str
    sector: str
    history: int
    documents: Mapping[str, int]
    disputed: bool

    def as_json(self) -> dict[str, object]:
        """For the offer's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> "Preview":
        """The reverse of `as_json`."""
        known: dict[str, Any] = dict(values)
        return cls(**{**known, **{name: tuple(known[name]) for name in ("amount_band", "age_band")}})


def band(value: int, steps: tuple[int, ...]) -> tuple[int | None, int | None]:
    """The band a value falls into; a value on a step belongs to the band above it."""
    if value < steps[0]:
        return (None, steps[0])
    for low, high in pairwise(steps):
        if low <= value < high:
            return (low, high)
    return (steps[-1], None)


def amount_band(minor: int, currency: str) -> tuple[int | None, int | None]:
    """The band of an amount in minor units."""
    return band(minor // 10 ** minor_digits(currency), AMOUNT_STEPS)


def age_band(oldest_due_on: date | None, today: date) -> tuple[int | None, int | None]:
    """The band of the days since the oldest due date."""
    return band((today - oldest_due_on).days if oldest_due_on else 0, AGE_STEPS)


def amount_words(preview: Preview) -> str:
    """The amount band for a reader: "SGD 2,000 to 10,000"."""
    low, high = preview.amount_band
    code = f"{preview.currency}\N{NO-BREAK SPACE}"
    if low is None:
        return f"Less than {code}{high:,}"
    return f"More than {code}{low:,}" if high is None else f"{code}{low:,} to {high:,}"


def age_words(preview: Preview) -> str:
    """The age band for a reader: "60 to 120 days"."""
    low, high = preview.age_band
    if low is None:
        return f"Less than {high} days overdue"
    return f"More than {_span(low)} overdue" if high is None else f"{_between(low, high)} overdue"


def step_of(found: tuple[int | None, int | None], steps: tuple[int, ...]) -> int:
    """Which of the bands it is, from 0."""
    return 0 if found[0] is None else steps.index(found[0]) + 1


def _between(low: int, high: int) -> str:
    if high < _YEAR:
        return f"{low} to {high} days"
    if low < _YEAR:
        return f"{low} days to {_span(high)}"
    return f"{low // _YEAR} to {_span(high)}"


def _span(days: int) -> str:
    years = days // _YEAR
    return f"{days} days" if not years else "1 year" if years == 1 else f"{years} years"
