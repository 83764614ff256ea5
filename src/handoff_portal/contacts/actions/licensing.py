"""Letting contact rest while an agency has no valid licence for a place, and going on once it has."""

from collections.abc import Sequence
from datetime import datetime

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.agencies.actions.licences import decide_licence, licences_of
from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.contacts.model.events import HoldLifted, HoldPlaced
from handoff_portal.contacts.model.holds import AFTER_LIFTING, RULES, HoldKind
from handoff_portal.contacts.model.licensing import Licensed, lapse_of
from handoff_portal.contacts.store import licensing
from handoff_portal.core.ids import HoldId, LicenceId, OrgId


def decide(
    work: Work, wanted: LicenceId, decision: LicenceState, *, source_url: str = "", remark: str = ""
) -> tuple[Licence, int]:
    """Decide about a licence, and stop or free contact in the cases it touches, all in one transaction.

    Returns:
        The licence after it, and in how many cases contact rests or goes on because of it.

    Raises:
        StepUpNeeded, Invalid, WrongState: As `agencies.actions.licences.decide_licence` says.
    """
    after = decide_licence(work, wanted, decision, source_url=source_url, remark=remark)
    return after, follow_licences(work, after.agency)


def follow_licences(work: Work, agency: OrgId) -> int:
    """Place and end the holds that follow from an agency's licences as they stand now; gives how many.

    For the operator's officer and the worker. A hold ends too once the agency does not hold the case.
    """
    licences = licences_of(work, agency)
    cases = [(one, lapse_of(one, licences, work.now)) for one in licensing.list_cases(work, agency)]
    lapsed = [(one, why) for one, why in cases if why and one.hold is None]
    free = [(one, one.hold) for one, why in cases if not why and one.hold is not None]
    changed = _stop(work, agency, lapsed) if lapsed else 0
    return changed + (_free(work, free) if free else 0)


def sweep_licences(database: Database) -> int:
    """The same for every agency, one transaction each (worker): a licence may end with a day."""
    with database.worker() as work:
        agencies = licensing.list_agencies(work)
    changed = 0
    for agency in agencies:
        with database.worker() as work:
            changed += follow_licences(work, agency)
    return changed


def _stop(work: Work, agency: OrgId, lapsed: Sequence[tuple[Licensed, str]]) -> int:
    events = [
        HoldPlaced(
            case=one.case,
            own=one.business,
            hold=HoldId(new_id()),
            kind=HoldKind.LICENCE,
            stops_contact=True,
            until=None,
        )
        for one, _ in lapsed
    ]
    days = RULES[HoldKind.LICENCE].due_days or 1
    due = [_due(work, one, days) for one, _ in lapsed]
    return licensing.stop(work, agency, events, due, [why for _, why in lapsed])


def _free(work: Work, free: Sequence[tuple[Licensed, HoldId]]) -> int:
    events = [
        HoldLifted(case=one.case, own=one.business, hold=hold, kind=HoldKind.LICENCE) for one, hold in free
    ]
    return licensing.lift(work, events, [_due(work, one, AFTER_LIFTING) for one, _ in free])


def _due(work: Work, one: Licensed, days: int) -> datetime:
    return working_days_later(work.now, days, one.zone or "UTC")
