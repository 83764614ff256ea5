"""An uploaded portfolio: where it stands, how far it is, what it would do. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from handoff_portal.cases.model.case import Turn
from handoff_portal.core.ids import OrgId, PersonId, PortfolioFileId, PortfolioId, ReceiptId
from handoff_portal.core.refusals import WrongState
from handoff_portal.portfolios.model.account import Account, BadRow, Problem, Summary, Total


class State(StrEnum):
    """Where a portfolio stands."""

    UPLOADING = "uploading"
    CHECKING = "checking"
    ASKING = "asking"
    WAITING = "waiting"
    COMMITTING = "committing"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    FAILED = "failed"


OVER = frozenset({State.DONE, State.CANCELLED, State.REFUSED, State.FAILED})
"""Nothing happens to these any more."""

STATE_WORDS: dict[State, str] = {
    State.UPLOADING: "being uploaded",
    State.CHECKING: "being checked",
    State.ASKING: "waiting for your answers",
    State.WAITING: "checked and waiting for you",
    State.COMMITTING: "becoming cases",
    State.DONE: "done",
    State.CANCELLED: "cancelled",
    State.REFUSED: "refused",
    State.FAILED: "broken off",
}
"""How a state is called on pages, after “This portfolio is”."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work of this state is.

    Attributes:
        done: Rows read while it is being checked, accounts committed afterwards.
        total: Of the same; None while it is not known.
        rows: Rows read.
        rate: Of the same per second since this state began; 0 before the first.
        seconds_left: At this rate; None while it cannot be said.
    """

    done: int
    total: int | None
    rows: int = 0
    rate: float = 0.0
    seconds_left: float | None = None

    @property
    def share(self) -> float | None:
        """From 0 to 1; None while the total is not known."""
        return None if self.total is None else min(self.done / self.total, 1.0) if self.total else 1.0


def progress(done: int, total: int | None, rows: int, since: datetime, now: datetime) -> Progress:
    """What can be said at a moment."""
    seconds = (now - since).total_seconds()
    rate = done / seconds if done and seconds > 0 else 0.0
    left = (total - done) / rate if rate and total is not None else None
    return Progress(done, total, rows, rate, left)


@dataclass(frozen=True, slots=True)
class Done:
    """What committing did so far, in accounts.

    Attributes:
        made: New cases.
        adjusted: Cases whose balance was changed.
        unchanged: Known and the same.
        skipped: Left out: not chosen, not ready, or in a state that lets nothing change.
    """

    made: int = 0
    adjusted: int = 0
    unchanged: int = 0
    skipped: int = 0

    @property
    def all(self) -> int:
        """Accounts that were gone through."""
        return self.made + self.adjusted + self.unchanged + self.skipped


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One file of a portfolio.

    Attributes:
        size: Bytes.
        sha256: Of the file as it was sent; None until it is whole.
    """

    id: PortfolioFileId
    name: str
    size: int
    sha256: bytes | None
    stored: bool


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One upload as lists and pages show it.

    Attributes:
        accounts: Good accounts that were found so far.
        reason: Why it was refused or failed, as a code.
        made_by: Who uploaded it; `approved_by` said that it shall be committed.
        attempts: How often checking began.
    """

    id: PortfolioId
    business: OrgId
    state: State
    made_by: PersonId
    made_at: datetime
    updated_at: datetime
    progress: Progress
    done: Done
    accounts: int
    problems: int
    reason: str = ""
    attempts: int = 0
    approved_by: PersonId | None = None
    approved_at: datetime | None = None
    with_exceptions: bool = False
    ended_at: datetime | None = None
    receipt: ReceiptId | None = None

    @property
    def turn(self) -> Turn:
        """The business's while it has to say something, else nobody's: the portal works."""
        mine = {State.UPLOADING, State.ASKING, State.WAITING}
        return Turn.BUSINESS if self.state in mine else Turn.NOBODY

    @property
    def stamp(self) -> str:
        """Another one after each change; what a person decides holds for what they saw."""
        return self.updated_at.isoformat()

    def require(self, *states: State) -> None:
        """Refuse in any other state.

        Raises:
            WrongState: Says where it stands.
        """
        if self.state not in states:
            raise WrongState(f"This portfolio is {STATE_WORDS[self.state]}, so this is not possible now.")


class Standing(StrEnum):
    """What an account would become, judged when the file was checked."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FIXED = "fixed"
    """Known, and in a state (offered, closed) or currency that lets nothing change."""


class Change(Struct, frozen=True, gc=False):
    """What would happen to one account of a known reference, or did.

    Attributes:
        delta: Minor units; 0 unless the balance changes.
    """

    standing: Standing
    delta: int = 0


class Staged(Struct, frozen=True, gc=False):
    """One checked account as it waits.

    Attributes:
        index: Blind index of its reference, 16 bytes.
        failing: Rules of the escalation policy that do not hold; empty if it is ready.
        barred: Whether one of them allows no exception.
        lines: How it was judged, as a case keeps it; `facts` what by.
        change: What it would become, as far as was known when it was checked.
    """

    account: Account
    index: bytes
    failing: tuple[str, ...] = ()
    barred: bool = False
    lines: bytes = b"[]"
    facts: bytes = b"{}"
    change: Change = Change(Standing.NEW)


@dataclass(slots=True)
class Figures:
    """What the preview shows, counted while the file is read.

    Attributes:
        standings: Accounts by what they would become.
        deltas: Minor units by which known balances would change, by currency.
        ready: Accounts that hold every rule; `exceptions` those that need an exception, `barred` those that
            cannot be handed over as they are.
        failing: Accounts by rule that does not hold.
        policy: Version of the escalation policy that they were judged by.
        totals: Good accounts by currency.
        summary: What the reader says about the file as a whole.
    """

    standings: dict[Standing, int] = field(default_factory=dict)
    deltas: dict[str, int] = field(default_factory=dict)
    ready: int = 0
    exceptions: int = 0
    barred: int = 0
    failing: dict[str, int] = field(default_factory=dict)
    policy: int = 0
    totals: dict[str, Total] = field(default_factory=dict)
    summary: Summary | None = None
    same_file_as: PortfolioId | None = None


class Findings(Struct, frozen=True, gc=False):
    """Problems and bad rows, some of the file's, in its order."""

    problems: tuple[Problem, ...]
    bad: tuple[BadRow, ...]


class ReceiptLine(Struct, frozen=True, gc=False):
    """One account in the list that a receipt signs.

    Attributes:
        ordinal: Its place in the file, from 1.
        own: The business's reference.
        case: The portal's reference; empty where it did not become a case.
        did: made, adjusted or unchanged; not_chosen, not_ready or fixed where it was left out.
        sha256: Of the account as it was read, hex.
    """

    ordinal: int
    own: str
    case: str
    did: str
    sha256: str
