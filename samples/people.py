"""The people and firms of people.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_SAID = tomllib.loads(Path(__file__).with_name("people.toml").read_text())


@dataclass(frozen=True, slots=True)
class Customer:
    """One who owes. `overdue` in days, `amount` in whole currency units, `story` names the mail thread."""

    name: str
    kind: str
    contact: str
    street: str
    city: str
    postal_code: str
    state: str
    country: str
    phone: str
    overdue: int
    amount: int
    invoices: int
    story: str
    sector: str
    language: str = "en"

    @property
    def region(self) -> str:
        """The country, with its state where there is one: "SG", "US-CA"."""
        return f"{self.country}-{self.state}" if self.state else self.country

    @property
    def time_zone(self) -> str:
        """The zone in which the customer lives."""
        return str(_SAID["time_zone"][self.region])


@dataclass(frozen=True, slots=True)
class Business:
    """The firm that is owed. `interest` in basis points a year, `fee` in minor units."""

    slug: str
    name: str
    registration: str
    street: str
    city: str
    postal_code: str
    country: str
    phone: str
    domain: str
    clerk: str
    time_zone: str
    prefix: str
    sector: str
    interest: int
    fee: int
    law: str
    about: str
    customers: tuple[Customer, ...]
    goods: tuple[tuple[str, int], ...]


def _business(said: dict[str, object], customers: list[dict[str, object]], goods: dict[str, int]) -> Business:
    people = tuple(Customer(**each) for each in customers)  # type: ignore[arg-type] # checked by the tests
    return Business(**said, customers=people, goods=tuple(goods.items()))  # type: ignore[arg-type] # the same


BUSINESSES = tuple(
    _business(
        {key: value for key, value in said.items() if key != "customer"},
        said["customer"],
        _SAID["goods"][said["slug"]],
    )
    for said in _SAID["business"]
)
CURRENCY = {"SG": "SGD", "GB": "GBP", "AU": "AUD", "US": "USD"}
TAX = {"SG": ("GST", 900), "GB": ("VAT", 2000), "AU": ("GST", 1000), "US": ("Sales tax (exempt)", 0)}


@dataclass(frozen=True, slots=True)
class Deal:
    """Who owes whom, under which reference, seen on which day."""

    business: Business
    customer: Customer
    reference: str
    today: date

    @property
    def currency(self) -> str:
        """The currency of the customer's country."""
        return CURRENCY[self.customer.country]

    @property
    def pace(self) -> float:
        """How much slower than in a fresh debt the contacts follow each other."""
        return min(4.0, max(1.0, self.customer.overdue / 110))

    @property
    def is_company(self) -> bool:
        """Whether a firm owes, rather than a private person."""
        return self.customer.kind == "company"
