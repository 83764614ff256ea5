"""A rule file on its way into force: uploaded, checked, scheduled; or withdrawn before it counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event, Outcome
from handoff_portal.core.ids import PersonId, RulesId
from handoff_portal.core.refusals import Invalid, WrongState


class RulesState(StrEnum):
    """Where a file stands; whether it is in force is a matter of time."""

    CHECKING = "checking"
    CHECKED = "checked"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """What is known of a rule file without opening it.

    Attributes:
        id: None for the file that comes with the portal.
        rules: How many it holds.
        sha256: Of its bytes as uploaded.
        effective_at: From when it is in force; None while it is not scheduled, and for the first file.
        zone: The zone in which that moment was said (IANA name).
        failing: Vectors that fail under it, named when it was scheduled.
        reason: Why it was scheduled all the same.
        decided_at: When it was scheduled or withdrawn.
    """

    id: RulesId | None
    version: str
    state: RulesState
    compiled: str
    rules: int
    sha256: bytes
    file_name: str = ""
    uploaded_at: datetime | None = None
    uploaded_by: PersonId | None = None
    uploaded_name: str = ""
    effective_at: datetime | None = None
    zone: str = ""
    failing: tuple[str, ...] = ()
    reason: str = ""
    decided_at: datetime | None = None
    decided_name: str = ""

    @property
    def shipped(self) -> bool:
        """Whether it comes with the portal."""
        return self.id is None

    def is_past(self, now: datetime) -> bool:
        """Whether its moment has come, so that nothing about it changes any more."""
        return (
            self.state is RulesState.SCHEDULED and self.effective_at is not None and self.effective_at <= now
        )

    def waits(self, now: datetime) -> bool:
        """Whether it is on its way: being tried, to be decided about, or with a moment to come."""
        return not self.shipped and self.state is not RulesState.WITHDRAWN and not self.is_past(now)

    def may_be_withdrawn(self, now: datetime) -> bool:
        """Whether it can still be taken back."""
        return self.waits(now)


def require_schedulable(
    one: RulesVersion,
    effective_at: datetime,
    now: datetime,
    failing: tuple[str, ...],
    reason: str,
    *,
    seen: bool,
) -> None:
    """Refuse a schedule that must not be.

    Args:
        one: The file.
        effective_at: From when it shall be in force.
        now: The time of this decision.
        failing: Vectors that fail under it, or could not be asked.
        reason: Why it is scheduled although some fail.
        seen: Whether the officer says that each of them was looked at.

    Raises:
        WrongState: It has not been checked, or has been decided on.
        Invalid: The moment is past; or vectors fail and nobody says why that is right.
    """
    if one.state is not RulesState.CHECKED:
        raise WrongState("Only a file that has been checked and is not scheduled yet can be scheduled.")
    wrong = {}
    if effective_at < now:
        wrong["effective_at"] = "This moment has passed. Choose a later one, or put it into force now."
    if failing and not seen:
        wrong["seen"] = f"Look at each of the {len(failing)} vectors above and confirm it here."
    if failing and not reason.strip():
        wrong["reason"] = "Say why these vectors may fail, so that an auditor can follow it."
    if wrong:
        raise Invalid(wrong)


@dataclass(frozen=True, kw_only=True)
class RulesUploaded(Event):
    """A rule file was read without a mistake and waits for its checks."""

    action: ClassVar[Action] = Action.RULES_UPLOADED
    rules: RulesId
    version: Code
    sha256: bytes
    count: int


@dataclass(frozen=True, kw_only=True)
class RulesRefused(Event):
    """A rule file, or the vectors with it, had mistakes and was not kept."""

    action: ClassVar[Action] = Action.RULES_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    sha256: bytes
    mistakes: int


@dataclass(frozen=True, kw_only=True)
class RulesReplayed(Event):
    """A rule file was tried on vectors and on last month's contacts.

    Attributes:
        against: Version it was compared with.
        changed: Vectors that come out differently.
        failing: Vectors that do not get the answer they name.
        contacts: Contacts that agencies made in that month.
        blocked: Of these, how many it would have blocked.
        newly_blocked: How many the version it was compared with would not have.
    """

    action: ClassVar[Action] = Action.RULES_REPLAYED
    rules: RulesId
    against: Code
    changed: int
    failing: int
    contacts: int
    blocked: int
    newly_blocked: int


@dataclass(frozen=True, kw_only=True)
class RulesScheduled(Event):
    """A rule file takes effect at a moment.

    Attributes:
        failing: How many vectors fail under it; the file's page names them with the reason.
    """

    action: ClassVar[Action] = Action.RULES_SCHEDULED
    rules: RulesId
    version: Code
    sha256: bytes
    effective_at: datetime
    failing: int


@dataclass(frozen=True, kw_only=True)
class RulesWithdrawn(Event):
    """A rule file was taken back before it counted."""

    action: ClassVar[Action] = Action.RULES_WITHDRAWN
    rules: RulesId
    version: Code
    was: RulesState
