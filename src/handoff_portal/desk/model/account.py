"""The balance explained: how it came about, line by line, and what it is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case
from handoff_portal.cases.model.content import Claim, ClaimKind, Terms

_WORDS: dict[EntryKind, str] = {
    EntryKind.CLAIM: "Invoices",
    EntryKind.CREDIT_NOTE: "Credit notes",
    EntryKind.PAID_BEFORE: "Paid before the hand-over",
    EntryKind.PAYMENT: "Paid to the agency",
    EntryKind.DIRECT_PAYMENT: "Paid to the business",
    EntryKind.REVERSAL: "Payments taken back",
    EntryKind.ADJUSTMENT: "Corrections",
    EntryKind.WRITE_OFF: "Written off",
}
_BUCKETS = (("principal", "Principal"), ("interest", "Interest"), ("fees", "Fees"), ("costs", "Costs"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the balance; `minor` in the currency of the case."""

    label: str
    explain: str
    minor: int


@dataclass(frozen=True, slots=True)
class Account:
    """The balance of a case.

    Attributes:
        rows: How it came about; they add up to `total`.
        parts: What is open now, by kind, with what allows it.
    """

    rows: tuple[Row, ...]
    parts: tuple[Row, ...]
    total: int


def account_of(case: Case, claims: Sequence[Claim], entries: Sequence[Entry], terms: Terms) -> Account:
    """Explain the balance of a case."""
    rows = [
        Row(words, _explain(kind, claims, entries), sum(e.change.total for e in entries if e.kind is kind))
        for kind, words in _WORDS.items()
        if any(entry.kind is kind for entry in entries)
    ]
    return Account(tuple(rows), tuple(_parts(case.balance, terms)), case.balance.total)


def days_overdue(case: Case, today: date) -> int | None:
    """Days since the oldest due date; None where nothing is due yet or no date is known."""
    if case.oldest_due_on is None or case.oldest_due_on > today:
        return None
    return (today - case.oldest_due_on).days


def _parts(balance: Balance, terms: Terms) -> Iterable[Row]:
    allowed = f"Clause {terms.clause}" if terms.clause else ""
    explained = {
        "principal": "What the goods or services cost",
        "interest": ", ".join(filter(None, (terms.interest_basis, allowed))),
        "fees": allowed,
        "costs": "Outlays, such as tracing or court",
    }
    for name, words in _BUCKETS:
        minor = getattr(balance, name)
        if minor or name == "principal":
            yield Row(words, explained[name], minor)


def _explain(kind: EntryKind, claims: Sequence[Claim], entries: Sequence[Entry]) -> str:
    of_kind = {EntryKind.CLAIM: ClaimKind.INVOICE, EntryKind.CREDIT_NOTE: ClaimKind.CREDIT_NOTE}.get(kind)
    if of_kind is not None:
        papers = [claim for claim in claims if claim.kind is of_kind]
        return ", ".join(filter(None, (claim.number for claim in papers[:3]))) + (
            f" and {len(papers) - 3} more" if len(papers) > 3 else ""  # noqa: PLR2004
        )
    days = sorted({entry.effective_on for entry in entries if entry.kind is kind})
    return f"last on {days[-1]:%-d %b %Y}" if days else ""
