"""Invoices and credit notes, and what is owed after them. All amounts are integer minor units."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stories import HARDSHIP

from people import TAX, Deal

YEAR, FEE_AFTER, MANY = 365, 60, 4
PAID = {"part_paid": (40, 11), "plan_broken": (16, 28)}  # percent, days after the first due date
PRIVATE_RATE = 400


@dataclass(frozen=True, slots=True)
class Line:
    """Quantity and unit price in minor units."""

    what: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or credit note; amounts in minor units, positive in both cases."""

    kind: str
    number: str
    issued: date
    due: date
    lines: tuple[Line, ...]
    tax_name: str
    tax_rate: int
    currency: str
    about: str = ""

    @property
    def net(self) -> int:
        """The sum of the lines."""
        return sum(line.quantity * line.price for line in self.lines)

    @property
    def tax(self) -> int:
        """The tax, rounded half up."""
        return (self.net * self.tax_rate + 5000) // 10000

    @property
    def total(self) -> int:
        """What is owed (or credited)."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed today, item by item, in minor units."""

    principal: int
    interest: int
    fees: int
    costs: int
    paid: int
    paid_on: date | None
    rate: int

    @property
    def total(self) -> int:
        """Everything owed, less everything paid."""
        return self.principal + self.interest + self.fees + self.costs - self.paid


def money(minor: int, currency: str) -> str:
    """Return an amount as people write it."""
    return f"{currency} {minor // 100:,}.{minor % 100:02d}".strip()


def bills_of(deal: Deal, chance: Random) -> list[Bill]:
    """Return the invoices, oldest first, then a credit note if the story has one."""
    customer, home = deal.customer, deal.customer.country == deal.business.country
    tax_name, tax = TAX[customer.country] if home else ("Export, no tax", 0)
    due = deal.today - timedelta(days=customer.overdue)
    step = 5  # days, so that all are due before the later reminders
    bills = []
    for at in range(customer.invoices):
        share = customer.amount * 100 // customer.invoices
        if customer.invoices > 1:
            share = share * (90 + chance.randrange(21)) // 100
        day = due + timedelta(days=at * step)
        lines = _goods(deal, share * 10000 // (10000 + tax), chance)
        number, issued = f"{deal.reference}-{at + 1}", day - timedelta(days=30)
        bills.append(Bill("invoice", number, issued, day, lines, tax_name, tax, deal.currency))
    if customer.story == "dispute_settled" or customer.invoices >= MANY:
        bills.append(_credit(deal, bills[0]))
    return bills


def _goods(deal: Deal, target: int, chance: Random) -> tuple[Line, ...]:
    """Lines of the catalogue, dear ones first, that come close to the target; small things meet it."""
    fitting = [item for item in deal.business.goods if item[1] * 2 <= target]
    chosen = sorted(chance.sample(fitting, min(len(fitting), 4)), key=lambda item: -item[1])
    lines, rest = [], target
    for at, (what, price) in enumerate(chosen, start=1):
        share = rest if at == len(chosen) else rest * chance.randrange(40, 75) // 100
        if quantity := share // price:
            lines.append(Line(what, quantity, price))
            rest -= quantity * price
    return (*lines, Line("Small parts and delivery", 1, max(500, rest)))


def _credit(deal: Deal, first: Bill) -> Bill:
    line = first.lines[0]
    credited = Line(f"Short delivery: {line.what}", 1, line.price * max(1, line.quantity // 8))
    day = first.due + timedelta(days=int(13 * deal.pace))
    number, about = f"{deal.reference}-C1", f"for {first.number}"
    return Bill(
        "credit_note", number, day, day, (credited,), first.tax_name, first.tax_rate, first.currency, about
    )


def balance_of(deal: Deal, bills: list[Bill]) -> Balance:
    """Return what is owed on the day of the deal; a credit note lowers the oldest invoice."""
    invoices = [bill for bill in bills if bill.kind == "invoice"]
    credited = sum(bill.total for bill in bills if bill.kind == "credit_note")
    owed = [bill.total - (credited if at == 0 else 0) for at, bill in enumerate(invoices)]
    rate = _rate(deal)
    percent, after = PAID.get(deal.customer.story, (0, 0))
    paid, paid_on = sum(owed) * percent // 100, invoices[0].due + timedelta(days=int(after * deal.pace))
    spared = paid * rate * (deal.today - paid_on).days // (10000 * YEAR)
    charged = deal.is_company and rate and deal.customer.overdue > FEE_AFTER
    return Balance(
        principal=sum(owed),
        interest=sum(
            each * rate * (deal.today - bill.due).days // (10000 * YEAR)
            for each, bill in zip(owed, invoices, strict=True)
        )
        - spared,
        fees=deal.business.fee * len(invoices) if charged else 0,
        costs=0,
        paid=paid,
        paid_on=paid_on if paid else None,
        rate=rate,
    )


def _rate(deal: Deal) -> int:
    """Basis points a year; nothing without a contract, and nothing from people in hardship."""
    if deal.customer.story == "no_contract" or deal.customer.story in HARDSHIP:
        return 0
    return deal.business.interest if deal.is_company else PRIVATE_RATE
