"""How respectfully agencies speak with customers, as far as counts can say."""

from collections.abc import Sequence

from handoff_portal.adapters.database import Work
from handoff_portal.agencies.model.respect import PERIOD, Respect, respect_of
from handoff_portal.agencies.store import respect as store
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind, Permission


def respect_of_agencies(work: Work, agencies: Sequence[OrgId]) -> dict[OrgId, Respect]:
    """The scores of these agencies; an agency reads its own only."""
    work.actor.require(Permission.DIRECTORY_READ)
    if not agencies:
        return {}
    found = store.counts_of(work, agencies, work.now - PERIOD)
    return {agency: respect_of(counts) for agency, counts in found.items()}


def own_respect(work: Work) -> Respect | None:
    """The score of the actor's own agency; None for others."""
    if work.actor.org_kind is not OrgKind.AGENCY or not work.actor.may(Permission.CASE_READ):
        return None
    return respect_of_agencies(work, [work.actor.org]).get(work.actor.org)
