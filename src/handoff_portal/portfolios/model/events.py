"""What is written into the log about portfolios."""

from dataclasses import dataclass
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import PortfolioFileId, PortfolioId, ReceiptId


@dataclass(frozen=True, kw_only=True)
class PortfolioStarted(Event):
    """Somebody began to upload a portfolio."""

    action: ClassVar[Action] = Action.PORTFOLIO_STARTED
    portfolio: PortfolioId


@dataclass(frozen=True, kw_only=True)
class PortfolioFileStored(Event):
    """A file of a portfolio is sealed and stored whole.

    Attributes:
        digest: SHA-256 of the file.
    """

    action: ClassVar[Action] = Action.PORTFOLIO_FILE_STORED
    portfolio: PortfolioId
    file: PortfolioFileId
    size: int
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class PortfolioFileRemoved(Event):
    """A file was taken out of a portfolio before anything became of it.

    Attributes:
        again: Whether what is left is being checked anew.
    """

    action: ClassVar[Action] = Action.PORTFOLIO_FILE_REMOVED
    portfolio: PortfolioId
    file: PortfolioFileId
    again: bool


@dataclass(frozen=True, kw_only=True)
class PortfolioReopened(Event):
    """Somebody goes back to the files of a portfolio that had been checked."""

    action: ClassVar[Action] = Action.PORTFOLIO_REOPENED
    portfolio: PortfolioId


@dataclass(frozen=True, kw_only=True)
class PortfolioSent(Event):
    """The upload is whole, or its questions are answered: it is being checked."""

    action: ClassVar[Action] = Action.PORTFOLIO_SENT
    portfolio: PortfolioId
    answered: bool


@dataclass(frozen=True, kw_only=True)
class PortfolioChecked(Event):
    """Everything was read; `state` says whether it waits, asks, or was refused."""

    action: ClassVar[Action] = Action.PORTFOLIO_CHECKED
    portfolio: PortfolioId
    state: Code
    rows: int
    accounts: int
    problems: int


@dataclass(frozen=True, kw_only=True)
class PortfolioChosen(Event):
    """Somebody chose which accounts shall be committed."""

    action: ClassVar[Action] = Action.PORTFOLIO_CHOSEN
    portfolio: PortfolioId
    left_out: int


@dataclass(frozen=True, kw_only=True)
class PortfolioPapersPlaced(Event):
    """Somebody said where papers belong or what they are for.

    Attributes:
        left_out: How many of them belong nowhere.
    """

    action: ClassVar[Action] = Action.PORTFOLIO_PAPERS_PLACED
    portfolio: PortfolioId
    papers: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class PortfolioApproved(Event):
    """Somebody said that the portfolio shall become cases.

    Attributes:
        with_exceptions: Whether also accounts that are not ready, under an exception with a reason.
    """

    action: ClassVar[Action] = Action.PORTFOLIO_APPROVED
    portfolio: PortfolioId
    accounts: int
    with_exceptions: bool


@dataclass(frozen=True, kw_only=True)
class PortfolioCancelled(Event):
    """Somebody stopped it; what had become cases stays."""

    action: ClassVar[Action] = Action.PORTFOLIO_CANCELLED
    portfolio: PortfolioId
    committed: int


@dataclass(frozen=True, kw_only=True)
class PortfolioFinished(Event):
    """Every account and paper was gone through, and the receipt is signed.

    Attributes:
        papers: Papers that are in their cases now.
    """

    action: ClassVar[Action] = Action.PORTFOLIO_FINISHED
    portfolio: PortfolioId
    receipt: ReceiptId
    digest: bytes
    made: int
    adjusted: int
    unchanged: int
    skipped: int
    papers: int = 0


@dataclass(frozen=True, kw_only=True)
class CaseImported(Event):
    """A case came out of a portfolio, submitted at once.

    Attributes:
        ordinal: Place of the account in its file, from 1.
        policy: Version of the escalation policy that it was judged by.
        exceptions: Rules that do not hold and for which somebody took the responsibility.
    """

    action: ClassVar[Action] = Action.CASE_IMPORTED
    portfolio: PortfolioId
    ordinal: int
    currency: Code
    total: int
    claims: int
    messages: int
    policy: int
    exceptions: tuple[Code, ...] = ()
