"""What comes out of a portfolio file: checked accounts, what is wrong, and the sums. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from msgspec import Struct

from handoff_portal.cases.model.content import Channel, Content
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.contacts.model.facts import FactKind
from handoff_portal.contacts.model.holds import HoldKind

LONGEST_SHOWN = 60

Cell = str | int | float
"""What stands in a cell: text, or a number that a spreadsheet stores as such. Dates are ISO 8601 text."""


class Severity(StrEnum):
    """Whether a problem keeps the account out, or is only worth a look."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True, gc=False):
    """One thing that is wrong in a file.

    Attributes:
        row: Number of the row as a spreadsheet or editor shows it, the header is 1; 0 is the whole file.
        column: Header of the column as the file writes it; empty if the whole row is meant.
        value: What stands there, at most 60 characters.
        what: What is wrong, as a sentence.
        mend: What to do, as a sentence.
        file: `portfolio`, or `history` where the row is one of the history file.
    """

    row: int
    column: str
    value: str
    what: str
    mend: str
    severity: Severity = Severity.ERROR
    file: str = "portfolio"

    @property
    def say(self) -> str:
        """Both sentences together."""
        return f"{self.what} {self.mend}".strip()


class FinalNotice(Struct, frozen=True, gc=False):
    """What a row says about the final notice."""

    sent_on: date
    channel: Channel | None = None


class Wish(Struct, frozen=True, gc=False):
    """What a row says that the customer asked or allowed, or is protected by.

    Attributes:
        said_on: Day of it; None if the row does not say.
        ways: Values of `Channel` that it is about; empty for all.
    """

    kind: FactKind
    said_on: date | None = None
    ways: tuple[str, ...] = ()


class Account(Struct, frozen=True, gc=False):
    """One account that can be committed as a case.

    Attributes:
        rows: Row numbers of the file that speak of it, ascending.
        content: As a case stores it. Claim ids only count the claims of the account (UUIDs 1, 2, …);
            whoever stores them gives real ones. `terms.contract_reference`, `contract_signed_on`,
            `payments_to_date` and `disputed` are filled from the rows.
        time_zone: IANA zone of the customer's place.
        paid_on: Day of the last payment before the hand-over.
        history: What was said, oldest first, undated ones last.
        final_notice: As the row says it; the history may know one too.
        reminders_sent: The number the row states; None if it states none.
        limitation_on: Day on which the claim becomes time-barred, if the row states it.
        documents: File names the row lists.
        holds: Reasons to leave the customer in peace that the rows state
            (dispute, hardship, complaint, represented; cease is “do not contact”).
        wishes: What the customer asked or allowed; quiet times are in `content.customer`.
        warnings: What is worth a look and does not keep the account out.
    """

    rows: tuple[int, ...]
    content: Content
    time_zone: str
    paid_on: date | None = None
    history: tuple[HistoryEntry, ...] = ()
    final_notice: FinalNotice | None = None
    reminders_sent: int | None = None
    limitation_on: date | None = None
    documents: tuple[str, ...] = ()
    holds: frozenset[HoldKind] = frozenset()
    wishes: tuple[Wish, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def open(self) -> int:
        """What is open now, minor units of `content.currency`."""
        return self.content.owed.total - self.content.terms.payments_to_date


class BadRow(Struct, frozen=True, gc=False):
    """A row that belongs to no account because of an error, as the file has it.

    Attributes:
        cells: All cells in the order of the file.
        reasons: What is wrong, as sentences; rows that are well but share an account with a bad one say so.
    """

    row: int
    cells: tuple[Cell, ...]
    reasons: tuple[str, ...]


class Batch(Struct, frozen=True, gc=False):
    """The next accounts of a file, with everything wrong that was found on the way."""

    accounts: tuple[Account, ...]
    problems: tuple[Problem, ...] = ()
    bad: tuple[BadRow, ...] = ()


class Total(Struct, frozen=True, gc=False):
    """Sums of one currency over all good accounts, minor units.

    Attributes:
        asked: All claims and charges.
        open: The same less what was paid.
    """

    accounts: int = 0
    claims: int = 0
    asked: int = 0
    open: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.accounts + other.accounts,
            self.claims + other.claims,
            self.asked + other.asked,
            self.open + other.open,
        )


@dataclass(frozen=True, slots=True)
class Control:
    """A sum or count that the file (or a person) states, beside what was found.

    Attributes:
        name: What is counted, such as “records” or “total in SGD”.
        stated: As decimal text.
        found: As decimal text.
    """

    name: str
    stated: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.stated == self.found


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a file is written, so that rows can be given back in its own layout.

    Attributes:
        kind: `text`, `xlsx` or `xml`.
        encoding: Python codec of a text.
        name: The sheet of a workbook.
        headers: As the file writes them.
    """

    kind: str
    encoding: str
    separator: str
    newline: str
    name: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a whole file came to; complete once all batches were taken.

    Attributes:
        layout: Name of the layout (`model.layouts.Layout`).
        mapping: JSON of the mapping that was used (`Mapping.encode`).
        rows: Rows with data, the header and empty rows not counted.
        errors: Problems that keep rows out; `warnings` the others.
        history: Entries of the history file that belong to a good account.
        totals: By ISO 4217 code.
        sheet: How the file is written.
    """

    layout: str
    mapping: str
    rows: int = 0
    accounts: int = 0
    bad_rows: int = 0
    errors: int = 0
    warnings: int = 0
    history: int = 0
    totals: Mapping[str, Total] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    sheet: Sheet | None = None
