"""The agreement about a case: who holds it on which terms, who held it before, who can open it."""

from dataclasses import dataclass
from datetime import datetime

from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import OrgId
from handoff_portal.handoffs.model.handoff import Handoff
from handoff_portal.handoffs.store import handoffs
from handoff_portal.identity.actions.organisations import show_organisation


@dataclass(frozen=True, slots=True)
class Agreed:
    """One hand-off with the name of its agency."""

    handoff: Handoff
    agency: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """All hand-offs of a case that this organisation may know.

    Attributes:
        running: The one in force; None if no agency holds the case.
        past: Those that have ended, newest first.
        viewers: Name, side ("business" or "agency") and since when of each organisation that can open it.
    """

    running: Agreed | None
    past: tuple[Agreed, ...]
    viewers: tuple[tuple[str, str, datetime], ...]


def show_agreement(work: Work, case: Case) -> Agreement:
    """Who holds a case on which terms; for both sides of it."""
    case.require_party(work.actor)
    names: dict[OrgId, str] = {}
    found = []
    for handoff in handoffs.list_of_case(work, case.id):
        if handoff.agency not in names:
            names[handoff.agency] = show_organisation(work, handoff.agency).name
        found.append(Agreed(handoff, names[handoff.agency]))
    running = next((one for one in found if one.handoff.ended_at is None), None)
    business = show_organisation(work, case.business).name
    viewers = [(business, "business", case.created_at)]
    if running is not None:
        viewers.append((running.agency, "agency", running.handoff.accepted_at))
    past = tuple(one for one in found if one.handoff.ended_at is not None)
    return Agreement(running, past, tuple(viewers))
