"""Everything that pages show of the recoveries of one case."""

from dataclasses import dataclass
from datetime import date

from handoff_portal.cases.model.account import Bucket
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Terms
from handoff_portal.core.ids import PaymentId
from handoff_portal.recoveries.model.payments import Agreement, Payment, said
from handoff_portal.recoveries.model.summary import AccountLine, Part, Summary

BUCKET_WORDS: dict[Bucket, tuple[str, str]] = {
    Bucket.PRINCIPAL: ("Principal", "What the goods or services cost, after credit notes."),
    Bucket.INTEREST: ("Interest", "As the contract allows, up to the day of submission."),
    Bucket.FEES: ("Fees", "What the contract charges for late payment."),
    Bucket.COSTS: ("Costs", "Outlays such as court or tracing."),
}
"""Name and meaning, in the order a reader expects: the largest first."""


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One part of the balance with its explanation.

    Attributes:
        minor: Minor units open.
    """

    label: str
    explain: str
    minor: int


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Account, payments and terms of one case, as one reader may see them.

    Attributes:
        payments: Oldest first, reversals included.
        reversible: Those that this reader can take back now.
        closed_as: Code of a closed case in plain words, else empty.
        relationship: Answer given at the close, in plain words, else empty.
        today: The reader's day.
        next_payment: Drawn for the next form, so that a form sent twice counts once.
    """

    case: Case
    summary: Summary
    lines: tuple[AccountLine, ...]
    payments: tuple[Payment, ...]
    reversible: frozenset[PaymentId]
    agreement: Agreement
    terms: Terms
    closed_as: str
    relationship: str
    today: date
    next_payment: PaymentId

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.summary.currency

    @property
    def reversed_ids(self) -> frozenset[PaymentId]:
        """Payments that were taken back."""
        return frozenset(one.reverses for one in self.payments if one.reverses is not None)

    @property
    def balance_rows(self) -> tuple[BalanceRow, ...]:
        """The parts that were ever more than zero, each with how it came about."""
        parts = {part.bucket: part for part in self.summary.parts}
        return tuple(
            BalanceRow(words, self._explain(parts[bucket], meaning), parts[bucket].open)
            for bucket, (words, meaning) in BUCKET_WORDS.items()
            if parts[bucket].owed or bucket is Bucket.PRINCIPAL
        )

    @property
    def order_words(self) -> str:
        """How a payment is shared out: `costs, interest, fees, principal`."""
        return ", then ".join(BUCKET_WORDS[bucket][0].lower() for bucket in self.agreement.order)

    def _explain(self, part: Part, meaning: str) -> str:
        basis = {
            Bucket.INTEREST: (self.terms.clause and f"Clause {self.terms.clause}", self.terms.interest_basis),
            Bucket.FEES: (self.terms.clause and f"Late fees under clause {self.terms.clause}",),
        }.get(part.bucket, ())
        agreed = ", ".join(filter(None, basis))
        moves = ((part.owed, "owed"), (part.recovered, "came in"), (part.written_off, "written off"))
        figures = [f"{said(minor, self.currency)} {word}" for minor, word in moves if minor]
        moved = ", ".join(figures) + "." if len(figures) > 1 else ""
        return " ".join(filter(None, (f"{agreed.rstrip('.')}." if agreed else meaning, moved)))
