"""Assurance reports: what an independent auditor found about an agency's controls."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import AgencyDocumentId, AssuranceId, OrgId, PersonId
from handoff_portal.core.refusals import WrongState


class Scheme(StrEnum):
    """Which kind of report."""

    OSPAR = "ospar"
    ISO27001 = "iso27001"
    SOC2 = "soc2"

    @property
    def words(self) -> str:
        """As auditors write it."""
        return {"ospar": "OSPAR", "iso27001": "ISO/IEC 27001", "soc2": "SOC 2"}[self.value]


class AssuranceState(StrEnum):
    """What the compliance officer made of it."""

    RECORDED = "recorded"
    VERIFIED = "verified"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AssuranceTerms:
    """What the report says.

    Attributes:
        version: Of the scheme, e.g. "2.0" or "2022" or "Type 2".
        period_from: First day the auditor looked at.
        period_to: Last day the auditor looked at, or of the certificate.
        scope: Which services and places were looked at.
        exceptions: What the auditor found wanting; empty if nothing.
        next_due: When the next report is due.
    """

    scheme: Scheme
    version: str
    auditor: str
    period_from: date
    period_to: date
    scope: str
    exceptions: str
    next_due: date


@dataclass(frozen=True, slots=True)
class Assurance:
    """One report of an agency."""

    id: AssuranceId
    agency: OrgId
    terms: AssuranceTerms
    state: AssuranceState
    recorded_at: datetime
    recorded_by: PersonId
    document: AgencyDocumentId | None = None
    remark: str = ""
    decided_at: datetime | None = None
    decided_by: PersonId | None = None

    def is_overdue_on(self, day: date) -> bool:
        """Whether the next report should have arrived before this day."""
        return self.terms.next_due < day


@dataclass(frozen=True, slots=True)
class NamedAssurance:
    """A report with the name and country of its agency, for the officer's queue."""

    report: Assurance
    agency_name: str
    country: str


def edited(report: Assurance, terms: AssuranceTerms, document: AgencyDocumentId | None) -> Assurance:
    """The report after its agency corrected it; it waits for the officer again.

    Raises:
        WrongState: It is verified; a new one has to be recorded.
    """
    if report.state is AssuranceState.VERIFIED:
        raise WrongState("This report is verified, so it stays as it is. Record the new report instead.")
    return replace(
        report, terms=terms, state=AssuranceState.RECORDED, document=document or report.document, remark=""
    )


def decided(
    report: Assurance, state: AssuranceState, *, by: PersonId, at: datetime, remark: str = ""
) -> Assurance:
    """The report after the officer's decision.

    Raises:
        WrongState: It was decided before.
    """
    if report.state is not AssuranceState.RECORDED or state is AssuranceState.RECORDED:
        raise WrongState("This report has been decided on already. Load the page again to see how.")
    return replace(report, state=state, remark=remark, decided_at=at, decided_by=by)


@dataclass(frozen=True, kw_only=True)
class AssuranceRecorded(Event):
    """An agency recorded a report, or corrected one that waits."""

    action: ClassVar[Action] = Action.ASSURANCE_RECORDED
    assurance: AssuranceId
    scheme: Scheme
    period_to: date
    corrected: bool = False


@dataclass(frozen=True, kw_only=True)
class AssuranceVerified(Event):
    """The officer has read the report and found it as recorded."""

    action: ClassVar[Action] = Action.ASSURANCE_VERIFIED
    assurance: AssuranceId
    agency: OrgId
    scheme: Scheme


@dataclass(frozen=True, kw_only=True)
class AssuranceRejected(Event):
    """The officer could not verify the report."""

    action: ClassVar[Action] = Action.ASSURANCE_REJECTED
    assurance: AssuranceId
    agency: OrgId
    scheme: Scheme
