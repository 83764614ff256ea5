"""Papers and mail of a portfolio: files out of ZIP archives, and the account each belongs to. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handoff_portal.core.ids import CaseId, PortfolioFileId
from handoff_portal.documents.model import DocumentKind


class PaperState(StrEnum):
    """What is to become of a paper, or became of it."""

    OPEN = "open"
    """It matches no account, or several: somebody has to say where it belongs."""
    MATCHED = "matched"
    LEFT_OUT = "left_out"
    """Somebody said, with a reason, that it belongs nowhere."""
    REFUSED = "refused"
    """It cannot be taken: encrypted, damaged, a program, empty, too large."""
    STORED = "stored"
    KNOWN = "known"
    """This very file had been added to the case before."""
    SKIPPED = "skipped"
    """Its account did not become a case, or its case is closed."""


PAPER_WORDS: dict[PaperState, str] = {
    PaperState.OPEN: "Where does it belong?",
    PaperState.MATCHED: "Belongs to an account",
    PaperState.LEFT_OUT: "Left out",
    PaperState.REFUSED: "Cannot be taken",
    PaperState.STORED: "Stored",
    PaperState.KNOWN: "Had been added before",
    PaperState.SKIPPED: "Not stored: there is no open case",
}
"""How a state is called on pages."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a paper belongs, or might.

    Attributes:
        ordinal: Place of the account in this portfolio, from 1; 0 for a case that exists already.
        label: Own reference and name of the customer, as the business knows them.
        case: The case, where it exists already.
    """

    ordinal: int
    label: str
    case: CaseId | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a ZIP, or one mail of a mailbox in it.

    Attributes:
        number: Its place in the portfolio, from 0.
        file: The ZIP it came in; `member` its place in there, `part` which mail of a mailbox, from 1; else 0.
        path: As the ZIP names it, with folders.
        size: Bytes; 0 for mails of a mailbox.
        say: Why it stands where it does, as a sentence; the reason of whoever left it out.
        target: Where it belongs.
        candidates: Where it might belong; at most ten.
        addresses: The customer's own mail addresses, for the direction of a mail.
        sha256: Hex; of what was stored.
        by_hand: Whether a person said where it belongs, or that it does not.
    """

    number: int
    file: PortfolioFileId
    member: int
    path: str
    size: int
    kind: DocumentKind
    state: PaperState
    say: str = ""
    part: int = 0
    target: Target | None = None
    candidates: tuple[Target, ...] = ()
    addresses: tuple[str, ...] = ()
    sha256: str = ""
    by_hand: bool = False

    @property
    def place(self) -> tuple[PortfolioFileId, int, int]:
        """Where it lies, whoever looks through the archives: archive, member, mail of a mailbox."""
        return (self.file, self.member, self.part)

    @property
    def name(self) -> str:
        """The last part of its path."""
        last = self.path.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return f"{last} {self.part:04d}.eml" if self.part else last


@dataclass(frozen=True, slots=True)
class PaperFigures:
    """How many papers stand where.

    Attributes:
        states: Papers by state.
        size: Bytes of all of them.
    """

    states: Mapping[PaperState, int] = field(default_factory=dict)
    size: int = 0

    @property
    def all(self) -> int:
        """All papers."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Papers of which somebody has to say where they belong."""
        return self.states.get(PaperState.OPEN, 0)

    @property
    def to_store(self) -> int:
        """Papers that go to a case and are not there yet."""
        return self.states.get(PaperState.MATCHED, 0)

    @property
    def stored(self) -> int:
        """Papers that are in their cases."""
        return self.states.get(PaperState.STORED, 0) + self.states.get(PaperState.KNOWN, 0)


_KINDS: tuple[tuple[DocumentKind, tuple[str, ...]], ...] = (
    (
        DocumentKind.FINAL_NOTICE,
        (
            r"final (?:notice|demand|reminder|warning)|last (?:reminder|notice)|letter before action",
            r"letzte (?:mahnung|zahlungsaufforderung)|mise en demeure|dernier (?:rappel|avis)",
            r"[uú]ltimo aviso",
        ),
    ),
    (DocumentKind.CREDIT_NOTE, (r"credit (?:note|memo)|creditnote", r"gutschrift|avoir|nota de cr[eé]dito")),
    (
        DocumentKind.PROOF_OF_DELIVERY,
        (
            r"pods?|proof of delivery|delivery|deliveries|consignment|goods received|lieferscheine?",
            r"liefernachweise?|bons? de livraison|albar[aá]n(?:es)?",
        ),
    ),
    (DocumentKind.REMINDER, (r"reminders?|dunning|mahnung(?:en)?|zahlungserinnerung(?:en)?", r"relances?")),
    (
        DocumentKind.CONTRACT,
        (
            r"contracts?|agreements?|terms|t and c|order confirmations?|purchase orders?|signed",
            r"vertr[aä]ge?|auftragsbest[aä]tigung|contrats?|contratos?",
        ),
    ),
    (DocumentKind.STATEMENT, (r"statements?|account summary|soa|kontoauszug", r"relev[eé]s?|extractos?")),
    (DocumentKind.INVOICE, (r"invoices?|inv|bills?", r"rechnung(?:en)?|factures?|facturas?|rg")),
    (DocumentKind.LETTER, (r"letters?|briefe?|schreiben", r"courriers?|cartas?")),
)
_GUESSES = tuple(
    (kind, re.compile(rf"(?<![^\W\d_])(?:{'|'.join(words)})(?![^\W\d_])", re.IGNORECASE))
    for kind, words in _KINDS
)
_BETWEEN = re.compile(r"[\W_]+")


def guess_kind(path: str) -> DocumentKind:
    """What a paper is for, by its name and then its folders, the nearest first; people correct it."""
    lowered = path.lower()
    if lowered.endswith((".eml", ".mbox", ".msg")):
        return DocumentKind.MAIL
    for part in reversed(path.replace("\\", "/").split("/")):
        spaced = _BETWEEN.sub(" ", part)
        for kind, words in _GUESSES:
            if words.search(spaced):
                return kind
    return DocumentKind.OTHER
