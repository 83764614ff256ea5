"""Recording assurance reports and deciding about them."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.documents import store_row
from handoff_portal.agencies.model import assurance as model
from handoff_portal.agencies.model.assurance import (
    Assurance,
    AssuranceRecorded,
    AssuranceRejected,
    AssuranceState,
    AssuranceTerms,
    AssuranceVerified,
    NamedAssurance,
)
from handoff_portal.agencies.model.profile import StoredDocument
from handoff_portal.agencies.store import assurances
from handoff_portal.core.ids import AssuranceId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, NotFound


def reports_of(work: Work, agency: OrgId) -> list[Assurance]:
    """All reports of an agency that this actor may know."""
    return assurances.list_of(work, [agency])


def show_assurance(work: Work, wanted: AssuranceId) -> Assurance:
    """One report. Raises NotFound."""
    return assurances.load(work, wanted)


def load_own(work: Work, wanted: AssuranceId) -> Assurance:
    """One report of the actor's own agency. Raises NotFound."""
    found = assurances.load(work, wanted)
    if found.agency != work.actor.org:
        raise NotFound
    return found


def waiting_reports(work: Work) -> list[NamedAssurance]:
    """Reports that wait for the compliance officer."""
    work.actor.require(Permission.LICENCE_VERIFY)
    return assurances.list_waiting(work)


def record_assurance(work: Work, terms: AssuranceTerms, document: StoredDocument | None = None) -> Assurance:
    """Record a report about the actor's agency; it waits for the compliance officer."""
    work.actor.require(Permission.LICENCE_EDIT)
    if document is not None:
        store_row(work, document)
    made = Assurance(
        id=AssuranceId(new_id()),
        agency=work.actor.org,
        terms=terms,
        state=AssuranceState.RECORDED,
        recorded_at=work.now,
        recorded_by=work.actor.person,
        document=document.id if document else None,
    )
    assurances.add(work, made, _recorded(made, corrected=False))
    return made


def correct_assurance(
    work: Work, wanted: AssuranceId, terms: AssuranceTerms, document: StoredDocument | None = None
) -> Assurance:
    """Correct a report that waits or was turned down; it waits again.

    Raises:
        NotFound: It is not about the actor's agency.
        WrongState: It is verified.
    """
    work.actor.require(Permission.LICENCE_EDIT)
    before = load_own(work, wanted)
    after = model.edited(before, terms, document.id if document else None)
    if document is not None:
        store_row(work, document)
    assurances.save_correction(work, before, after, _recorded(after, corrected=True))
    return after


def decide_assurance(
    work: Work, wanted: AssuranceId, decision: AssuranceState, *, remark: str = ""
) -> Assurance:
    """Verify or turn down a report; the operator's compliance officer with a fresh code only.

    Raises:
        StepUpNeeded: The second factor was shown too long ago.
        Invalid: The reason is missing, or there is no document to verify.
        WrongState: It has been decided on before.
    """
    work.actor.require(Permission.LICENCE_VERIFY)
    work.actor.require_fresh(work.now)
    before = assurances.load(work, wanted)
    after = model.decided(before, decision, by=work.actor.person, at=work.now, remark=remark)
    if decision is AssuranceState.VERIFIED:
        if before.document is None:
            raise Invalid({"": "There is no document to read. Ask the agency to add it first."})
        verified = AssuranceVerified(assurance=after.id, agency=after.agency, scheme=after.terms.scheme)
        assurances.save_decision(work, before, after, verified)
        return after
    if not remark.strip():
        raise Invalid({"remark": "Say why, so that the agency can mend it."})
    rejected = AssuranceRejected(assurance=after.id, agency=after.agency, scheme=after.terms.scheme)
    assurances.save_decision(work, before, after, rejected)
    return after


def _recorded(report: Assurance, *, corrected: bool) -> AssuranceRecorded:
    return AssuranceRecorded(
        assurance=report.id, scheme=report.terms.scheme, period_to=report.terms.period_to, corrected=corrected
    )
