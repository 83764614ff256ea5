"""What a person said about an uploaded portfolio, and what it still has to say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from handoff_portal.core.refusals import WrongState
from handoff_portal.portfolios.model.amounts import Decimals
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.mapping import Proposal
from handoff_portal.portfolios.model.style import Answers, Question


@dataclass(frozen=True, slots=True)
class Said:
    """Answers for one portfolio; everything may be left unsaid.

    Attributes:
        mapping: JSON of the mapping of the accounts (`Mapping.encode`); `history_mapping` of the history.
        remembered: JSON of the mapping that an earlier file of the business was read by; it is laid over what
            is proposed.
        look: Ask about the columns even if nothing is unclear.
        constants: Canonical name to what holds for every row.
        rows: Rows with data that the person counts; the file is refused if it has another number.
        totals: Open amounts in minor units by currency, in the same way.
    """

    mapping: str = ""
    history_mapping: str = ""
    remembered: str = ""
    look: bool = False
    dates: DateOrder | None = None
    decimals: Decimals | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> Answers:
        """The part that says how cells are meant."""
        return Answers(self.dates, self.decimals, self.constants)

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
    """

    file: str
    headers: tuple[str, ...]
    proposal: Proposal
    mapping: str
    questions: tuple[Question, ...]
    missing: tuple[str, ...]

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
