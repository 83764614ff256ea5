"""Notes between the two sides, and the questions among them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handoff_portal.core.ids import CaseId, NoteId, OrgId, PersonId


@dataclass(frozen=True, slots=True)
class Note:
    """One message of one side to the other; the customer never sees it.

    Attributes:
        asks_answer: Whether the other side has to answer.
        answered_at: When the other side wrote next; None while a question waits.
    """

    id: NoteId
    case: CaseId
    org: OrgId
    person: PersonId
    author: str
    text: str
    asks_answer: bool
    sent_at: datetime
    answered_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it is a question without an answer."""
        return self.asks_answer and self.answered_at is None


def open_question(notes: Iterable[Note], asked: OrgId) -> Note | None:
    """The oldest question that this organisation has to answer."""
    waiting = [note for note in notes if note.waits and note.org != asked]
    return min(waiting, key=lambda note: note.sent_at, default=None)
