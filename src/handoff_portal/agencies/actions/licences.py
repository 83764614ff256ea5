"""Recording licences, deciding about them, and listing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.agencies.actions.documents import store_row
from handoff_portal.agencies.model import licence as model
from handoff_portal.agencies.model.licence import (
    Licence,
    LicenceDecided,
    LicenceRecorded,
    LicenceRejected,
    LicenceState,
    LicenceSuspended,
    LicenceTerms,
    LicenceVerified,
    NamedLicence,
)
from handoff_portal.agencies.model.profile import StoredDocument
from handoff_portal.agencies.store import licences
from handoff_portal.core.events import Code
from handoff_portal.core.ids import LicenceId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, NotFound

_MOST_DECIDED = 200


@dataclass(frozen=True, slots=True)
class Queue:
    """What the compliance officer looks at.

    Attributes:
        ending: Verified ones that end within 60 days, or ended in the last 60.
        waiting: Recorded by agencies and not decided on.
        decided: All others that count or are suspended.
    """

    ending: Sequence[NamedLicence]
    waiting: Sequence[NamedLicence]
    decided: Sequence[NamedLicence]


def licences_of(work: Work, agency: OrgId) -> list[Licence]:
    """All licences of an agency that this actor may know; `model.fitting` finds the one that counts."""
    return licences.list_of_agency(work, agency)


def show_licence(work: Work, wanted: LicenceId) -> Licence:
    """One licence. Raises NotFound."""
    return licences.load(work, wanted)


def record_licence(work: Work, terms: LicenceTerms, document: StoredDocument | None = None) -> Licence:
    """Record a licence of the actor's agency; it waits for the compliance officer."""
    work.actor.require(Permission.LICENCE_EDIT)
    if document is not None:
        store_row(work, document)
    made = Licence(
        id=LicenceId(new_id()),
        agency=work.actor.org,
        terms=terms,
        state=LicenceState.SUBMITTED,
        recorded_at=work.now,
        recorded_by=work.actor.person,
        document=document.id if document else None,
    )
    licences.add(work, made, _recorded(made, corrected=False))
    return made


def correct_licence(
    work: Work, wanted: LicenceId, terms: LicenceTerms, document: StoredDocument | None = None
) -> Licence:
    """Correct a licence that waits or was turned down; it waits again.

    Raises:
        NotFound: It is not a licence of the actor's agency.
        WrongState: It has been verified or suspended.
    """
    work.actor.require(Permission.LICENCE_EDIT)
    before = load_own(work, wanted)
    after = model.edited(before, terms, document.id if document else None)
    if document is not None:
        store_row(work, document)
    licences.save_correction(work, before, after, _recorded(after, corrected=True))
    return after


def load_own(work: Work, wanted: LicenceId) -> Licence:
    """One licence of the actor's own agency. Raises NotFound."""
    found = licences.load(work, wanted)
    if found.agency != work.actor.org:
        raise NotFound
    return found


def decide_licence(
    work: Work, wanted: LicenceId, decision: LicenceState, *, source_url: str = "", remark: str = ""
) -> Licence:
    """Verify, turn down or suspend a licence; the operator's compliance officer with a fresh code only.

    Args:
        work: The unit of work.
        wanted: The licence.
        decision: Verified, rejected or suspended.
        source_url: The regulator's page on which it was found; needed to verify.
        remark: Why; needed to turn down or suspend. The agency reads it.

    Raises:
        StepUpNeeded: The second factor was shown too long ago.
        Invalid: Source or reason is missing.
        WrongState: Somebody has decided otherwise in the meantime.
    """
    work.actor.require(Permission.LICENCE_VERIFY)
    work.actor.require_fresh(work.now)
    _require_grounds(decision, source_url, remark)
    before = licences.load(work, wanted)
    after = model.decided(
        before, decision, by=work.actor.person, at=work.now, remark=remark, source_url=source_url
    )
    licences.save_decision(work, before, after, _decided(after))
    return after


def licence_queue(work: Work) -> Queue:
    """Everything the compliance officer has to look at. Days are of UTC here."""
    work.actor.require(Permission.LICENCE_VERIFY)
    today = work.now.astimezone(UTC).date()
    return Queue(
        ending=licences.list_ending(work, today),
        waiting=licences.list_waiting(work),
        decided=licences.list_decided(work, today, _MOST_DECIDED),
    )


def _require_grounds(decision: LicenceState, source_url: str, remark: str) -> None:
    if decision is LicenceState.VERIFIED:
        if not source_url.startswith("https://"):
            raise Invalid({"source_url": "Give the address of the register page; it starts with https://."})
    elif not remark.strip():
        raise Invalid({"remark": "Say why, so that the agency can mend it."})


def _recorded(licence: Licence, *, corrected: bool) -> LicenceRecorded:
    return LicenceRecorded(
        licence=licence.id,
        jurisdiction=Code(licence.terms.jurisdiction),
        scope=licence.terms.scope,
        expires_on=licence.terms.expires_on,
        corrected=corrected,
    )


def _decided(after: Licence) -> LicenceDecided:
    place = Code(after.terms.jurisdiction)
    if after.state is LicenceState.VERIFIED:
        return LicenceVerified(
            licence=after.id, agency=after.agency, jurisdiction=place, expires_on=after.terms.expires_on
        )
    kind = LicenceRejected if after.state is LicenceState.REJECTED else LicenceSuspended
    return kind(licence=after.id, agency=after.agency, jurisdiction=place)
