"""What a person said about an uploaded portfolio, and what it still has to say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from handoff_portal.core.refusals import WrongState
from handoff_portal.portfolios.model.amounts import Decimals
from handoff_portal.portfolios.model.columns import Sort
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.mapping import Proposal
from handoff_portal.portfolios.model.style import Answers, Question


@dataclass(frozen=True, slots=True)
class Said:
    """Answers for one portfolio; everything may be left unsaid.

    Attributes:
        mapping: JSON of the mapping of the accounts (`Mapping.encode`); `history_mapping` of the history.
        remembered: JSON of the mapping that an earlier file of the business was read by; it is laid over what
            is proposed. `remembered_history` in the same way for the history.
        look: Ask about the columns even if nothing is unclear; `look_history` about those of the history.
        dates: How days of the accounts are meant; `history_dates` those of the history.
        constants: Canonical name to what holds for every row, of the accounts and of the history.
        rows: Rows with data that the person counts; the file is refused if it has another number.
        totals: Open amounts in minor units by currency, in the same way.
    """

    mapping: str = ""
    history_mapping: str = ""
    remembered: str = ""
    remembered_history: str = ""
    look: bool = False
    look_history: bool = False
    dates: DateOrder | None = None
    history_dates: DateOrder | None = None
    decimals: Decimals | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> Answers:
        """The part that says how cells are meant."""
        return Answers(self.dates, self.decimals, self.constants)

    @property
    def history_answers(self) -> Answers:
        """The same for the history: each file writes in its own way."""
        return Answers(self.history_dates, None, self.constants)

    def encode(self) -> bytes:
        """As sealed: JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Said":
        """The reverse of `encode`."""
        return msgspec.json.decode(octets, type=Said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of the mapping shows.

    Attributes:
        file: Name of the file.
        headers: As the file writes them.
        mapping: JSON of the proposed mapping.
        missing: Canonical names that the file needs and nothing stands for.
        sort: What the file tells of: accounts, or what was said.
    """

    file: str
    headers: tuple[str, ...]
    proposal: Proposal
    mapping: str
    questions: tuple[Question, ...]
    missing: tuple[str, ...]
    sort: Sort = Sort.PORTFOLIO

    def encode(self) -> bytes:
        """As sealed: JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, octets: bytes) -> "Asked":
        """The reverse of `encode`."""
        try:
            return msgspec.json.decode(octets, type=Asked)
        except msgspec.ValidationError as error:
            raise WrongState("These questions are of an earlier version. Send the file again.") from error
