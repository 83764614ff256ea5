"""When phone and recovery codes are lost: two others look at it, a day passes, then a new factor is set up.

One request goes through four turns. Whoever shows a factor meanwhile has not lost it, and that ends it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import FactorRecoveryId, OrgId, PersonId
from handoff_portal.core.refusals import Invalid

ANSWER_LASTS = timedelta(days=7)
"""How long administrator and officer each have."""

DELAY = timedelta(hours=24)
"""From the second approval to the link: time for the owner to notice and stop it."""

LINK_LASTS = timedelta(hours=72)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./#-]{2,39}")


class Check(StrEnum):
    """How somebody made sure who is asking."""

    IN_PERSON = "in_person"
    VIDEO_WITH_ID = "video_with_id"
    CALL_BACK = "call_back"


class Turn(StrEnum):
    """Who or what a request waits for."""

    ADMIN = "admin"
    OFFICER = "officer"
    TIME = "time"
    PERSON = "person"
    NOBODY = "nobody"


class Ending(StrEnum):
    """How a request came to its end."""

    COMPLETED = "completed"
    SIGNED_IN = "signed_in"
    BY_PERSON = "by_person"
    BY_ADMIN = "by_admin"
    BY_OFFICER = "by_officer"
    DISABLED = "disabled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Recovery:
    """One request of somebody who lost both.

    Attributes:
        name: Of the person who asked.
        reference: Where the check is written down outside the portal: a ticket or file number.
        opens_at: When the link is mailed; 24 hours after the second approval.
        expires_at: Until when the turn lasts; then it lapses.
    """

    id: FactorRecoveryId
    person: PersonId
    org: OrgId
    name: str
    org_name: str
    asked_at: datetime
    method: Check | None
    reference: str | None
    checked_by: PersonId | None
    checked_at: datetime | None
    approved_by: PersonId | None
    approved_at: datetime | None
    opens_at: datetime | None
    opened_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None
    ending: Ending | None

    @property
    def turn(self) -> Turn:
        """Whose turn it is."""
        if self.ended_at is not None:
            return Turn.NOBODY
        if self.checked_at is None:
            return Turn.ADMIN
        if self.approved_at is None:
            return Turn.OFFICER
        return Turn.TIME if self.opened_at is None else Turn.PERSON

    @property
    def until(self) -> datetime:
        """When the turn ends."""
        return self.opens_at if self.turn is Turn.TIME and self.opens_at else self.expires_at


def require_reference(text: str) -> str:
    """A ticket or file number: letters, digits and . / # - only, so that no name or story gets in.

    Raises:
        Invalid: At `reference`.
    """
    if not _REFERENCE.fullmatch(text) or not any(sign.isdigit() for sign in text):
        raise Invalid(
            {
                "reference": "Give the number of your ticket or file, 3 to 40 letters, digits and . / # - "
                "without spaces, such as HR-2041."
            }
        )
    return text


@dataclass(frozen=True, kw_only=True)
class RecoveryAsked(Event):
    """Somebody with the right password says that phone and codes are lost."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_ASKED
    person: PersonId
    recovery: FactorRecoveryId


@dataclass(frozen=True, kw_only=True)
class RecoveryChecked(Event):
    """An administrator made sure who is asking."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_CHECKED
    person: PersonId
    recovery: FactorRecoveryId
    method: Check


@dataclass(frozen=True, kw_only=True)
class RecoveryApproved(Event):
    """A compliance officer agreed as the second person; the day of waiting begins."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_APPROVED
    person: PersonId
    recovery: FactorRecoveryId
    checked_by: PersonId
    opens: datetime


@dataclass(frozen=True, kw_only=True)
class RecoveryOpened(Event):
    """The day passed and the link was mailed."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_OPENED
    person: PersonId
    recovery: FactorRecoveryId


@dataclass(frozen=True, kw_only=True)
class RecoveryCompleted(Event):
    """The person has a new authenticator and new recovery codes."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_COMPLETED
    person: PersonId
    recovery: FactorRecoveryId


@dataclass(frozen=True, kw_only=True)
class RecoveryStopped(Event):
    """A request ended before anything changed."""

    action: ClassVar[Action] = Action.FACTOR_RECOVERY_STOPPED
    person: PersonId
    recovery: FactorRecoveryId
    why: Ending


@dataclass(frozen=True, kw_only=True)
class BrowsersForgotten(Event):
    """No browser counts as known to this person any more."""

    action: ClassVar[Action] = Action.BROWSERS_FORGOTTEN
    person: PersonId
