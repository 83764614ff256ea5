"""How an account stands: owed, come in, written off, open, and who has to pass on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handoff_portal.cases.model.account import Bucket, Entry, EntryKind
from handoff_portal.cases.model.case import Balance
from handoff_portal.recoveries.model.payments import Payment, ReceivedBy

CAME_IN = frozenset({EntryKind.PAYMENT, EntryKind.DIRECT_PAYMENT, EntryKind.REVERSAL})

KIND_WORDS: dict[EntryKind, str] = {
    EntryKind.CLAIM: "Claim",
    EntryKind.CREDIT_NOTE: "Credit note",
    EntryKind.PAID_BEFORE: "Paid before the case was submitted",
    EntryKind.PAYMENT: "Payment to the agency",
    EntryKind.DIRECT_PAYMENT: "Payment to the business",
    EntryKind.REVERSAL: "Payment taken back",
    EntryKind.ADJUSTMENT: "Correction",
    EntryKind.WRITE_OFF: "Written off at the close",
}
"""How a line of the account is called on pages."""


@dataclass(frozen=True, slots=True)
class Part:
    """One bucket.

    Attributes:
        owed: Minor units owed when the case was submitted, with later corrections.
        recovered: Minor units that came in since.
        written_off: Minor units not pursued any more.
    """

    bucket: Bucket
    owed: int
    recovered: int
    written_off: int

    @property
    def open(self) -> int:
        """What is left."""
        return self.owed - self.recovered - self.written_off


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One entry and what was open after it."""

    entry: Entry
    open_after: int

    @property
    def words(self) -> str:
        """What happened."""
        return KIND_WORDS[self.entry.kind]


@dataclass(frozen=True, slots=True)
class Summary:
    """The account in figures; minor units of one currency.

    Attributes:
        parts: Costs, interest, fees, principal.
        commission: What the agency earned, of the payments this reader may see.
        with_agency: What the agency received.
        with_business: What the business received.
    """

    currency: str
    parts: tuple[Part, ...]
    commission: int
    with_agency: int
    with_business: int

    @property
    def owed(self) -> int:
        """Everything that was owed."""
        return sum(part.owed for part in self.parts)

    @property
    def recovered(self) -> int:
        """Everything that came in."""
        return sum(part.recovered for part in self.parts)

    @property
    def written_off(self) -> int:
        """Everything that is not pursued."""
        return sum(part.written_off for part in self.parts)

    @property
    def open(self) -> int:
        """Everything that is left."""
        return sum(part.open for part in self.parts)

    @property
    def for_business(self) -> int:
        """The business's share of what came in."""
        return self.with_agency + self.with_business - self.commission

    @property
    def to_business(self) -> int:
        """What the agency has to pass on; negative when the business has to pay."""
        return self.with_agency - self.commission

    @property
    def elsewhere(self) -> int:
        """What came in through hand-offs that this reader may not see."""
        return self.recovered - self.with_agency - self.with_business


def summarise(currency: str, entries: Sequence[Entry], payments: Iterable[Payment]) -> Summary:
    """The figures of an account: buckets from its entries, shares from its payments."""
    known = list(payments)
    total = sum(one.amount for one in known)
    with_agency = sum(one.amount for one in known if one.received_by is ReceivedBy.AGENCY)
    return Summary(
        currency=currency,
        parts=tuple(_part(bucket, entries) for bucket in Bucket),
        commission=sum(one.commission for one in known),
        with_agency=with_agency,
        with_business=total - with_agency,
    )


def lines_of(entries: Iterable[Entry]) -> list[AccountLine]:
    """The account with what was open after each line, in the order it was written."""
    running = Balance()
    found = []
    for entry in entries:
        running += entry.change
        found.append(AccountLine(entry, running.total))
    return found


def _part(bucket: Bucket, entries: Sequence[Entry]) -> Part:
    def total(*, of: frozenset[EntryKind]) -> int:
        return sum(getattr(entry.change, bucket.value) for entry in entries if entry.kind in of)

    rest = frozenset(EntryKind) - CAME_IN - {EntryKind.WRITE_OFF}
    return Part(bucket, total(of=rest), -total(of=CAME_IN), -total(of=frozenset({EntryKind.WRITE_OFF})))
