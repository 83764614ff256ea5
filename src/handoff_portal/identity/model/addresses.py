"""Another e-mail address: the new one must answer before it counts, the earlier one can take it back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import EmailChangeId, PersonId

CONFIRM_LASTS = timedelta(hours=24)
STOP_LASTS = timedelta(hours=72)
"""How long the earlier address can stop the change, or take it back once it was made."""


@dataclass(frozen=True, slots=True)
class EmailChange:
    """One wish for another address.

    Attributes:
        earlier: The address until now.
        wanted: The address from the confirmation on.
        confirmed_at: When the new address answered; None while it has not.
    """

    id: EmailChangeId
    person: PersonId
    earlier: str = field(repr=False)
    wanted: str = field(repr=False)
    confirm_until: datetime
    stop_until: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class EmailChangeAsked(Event):
    """A person wishes to sign in with another address."""

    action: ClassVar[Action] = Action.EMAIL_CHANGE_ASKED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class EmailChanged(Event):
    """The new address answered, and the person signs in with it."""

    action: ClassVar[Action] = Action.EMAIL_CHANGED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class EmailChangeStopped(Event):
    """The earlier address stopped the change.

    Attributes:
        undone: It had been made already and was taken back.
    """

    action: ClassVar[Action] = Action.EMAIL_CHANGE_STOPPED
    person: PersonId
    undone: bool
