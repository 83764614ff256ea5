"""What happens to a case itself."""

from dataclasses import dataclass
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event


@dataclass(frozen=True, kw_only=True)
class CaseDrafted(Event):
    """A draft began."""

    action: ClassVar[Action] = Action.CASE_DRAFTED


@dataclass(frozen=True, kw_only=True)
class CaseEdited(Event):
    """A step of a draft was saved."""

    action: ClassVar[Action] = Action.CASE_EDITED
    step: Code


@dataclass(frozen=True, kw_only=True)
class CaseDiscarded(Event):
    """A draft was thrown away with everything in it."""

    action: ClassVar[Action] = Action.CASE_DISCARDED


@dataclass(frozen=True, kw_only=True)
class CaseSubmitted(Event):
    """A case left the draft and can be offered."""

    action: ClassVar[Action] = Action.CASE_SUBMITTED
    currency: Code
    total: int
    claims: int
    documents: int
    messages: int


@dataclass(frozen=True, kw_only=True)
class PersonalDataRevealed(Event):
    """Somebody looked at personal data; committed before the data is shown."""

    action: ClassVar[Action] = Action.PERSONAL_DATA_REVEALED
    reason: Code
