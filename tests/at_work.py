"""A case at work for tests: submitted by a business, held by an agency, opened by whoever may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from handoff_builders import a_held_case
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Content
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.web.portal import Portal
from people import SignedIn

T = TypeVar("T")


@dataclass(frozen=True)
class AtWork:
    """A case and the people of both sides."""

    portal: Portal
    case: CaseId
    business: SignedIn
    agency: SignedIn

    def do(self, actor: Actor, intention: Callable[[Work, Case, CaseKey], T]) -> T:
        """Run one intention of this person on the case, in a unit of work of its own."""
        with self.portal.database.work(actor) as work:
            case = cases.load_case(work, self.case, lock=True)
            return intention(work, case, cases.open_key(work, case))

    def look(self, actor: Actor) -> Case:
        """The case as this person finds it now."""
        with self.portal.database.work(actor) as work:
            return cases.load_case(work, self.case)


def a_case_at_work(portal: Portal, content: Content | None = None) -> AtWork:
    """A fresh case that a fresh agency accepted."""
    held = a_held_case(portal, content)
    return AtWork(portal, held.case.id, held.business, held.agency)
