"""Approvals of single collectors: some places ask for one for every person who collects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import ApprovalId, OrgId, PersonId
from handoff_portal.core.jurisdictions import covers, place_name


@dataclass(frozen=True, slots=True)
class Approval:
    """That a regulator approved a person to collect for an agency.

    Attributes:
        jurisdiction: ISO 3166-1 alpha-2 or ISO 3166-2 code of the place.
        reference: The regulator's number of it.
        valid_from: First day, local to the place.
        valid_until: Last day, local to the place; None if the regulator set no end.
        ended_at: When the agency took it back, because it was revoked or the person left.
    """

    id: ApprovalId
    agency: OrgId
    person: PersonId
    jurisdiction: str
    reference: str
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    ended_at: datetime | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it counts on this local day."""
        return (
            self.ended_at is None
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )

    @property
    def place(self) -> str:
        """Its jurisdiction in words."""
        return place_name(self.jurisdiction)


def is_approved(approvals: Iterable[Approval], country: str, region: str, day: date) -> bool:
    """Whether one of a person's approvals covers a customer there on this local day."""
    return any(one.counts_on(day) and covers(one.jurisdiction, country, region) for one in approvals)


@dataclass(frozen=True, kw_only=True)
class ApprovalRecorded(Event):
    """An agency recorded that one of its people is approved."""

    action: ClassVar[Action] = Action.APPROVAL_RECORDED
    approval: ApprovalId
    person: PersonId
    jurisdiction: Code
    valid_until: date | None


@dataclass(frozen=True, kw_only=True)
class ApprovalEnded(Event):
    """An approval does not count any more."""

    action: ClassVar[Action] = Action.APPROVAL_ENDED
    approval: ApprovalId
    person: PersonId
