"""Begin a draft, keep what is typed, read it back, throw it away."""

from collections.abc import Mapping
from dataclasses import dataclass

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions.history import list_history, remove_history
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.documents.actions import papers
from handoff_portal.intake import store
from handoff_portal.intake.model.draft import Draft, Reading, read_content
from handoff_portal.intake.model.steps import Step

Fields = Mapping[str, list[str]]
"""The fields of one step exactly as a form sends them: name to everything typed under it."""

CHECKED = "checked"
"""A field that the portal adds once somebody wanted to go on: from then on the step shows what is missing."""

_NOT_TYPED = frozenset({"csrf_token", "go", CHECKED})


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft that somebody works on.

    Attributes:
        typed: Step to fields as typed.
        reading: What it says.
    """

    case: Case
    key: CaseKey
    typed: Draft
    reading: Reading

    def fields(self, step: Step) -> dict[str, list[str]]:
        """What was typed in one step."""
        return {name: list(values) for name, values in self.typed.get(step, {}).items()}

    def was_checked(self, step: Step) -> bool:
        """Whether somebody has finished this step once."""
        return bool(self.typed.get(step, {}).get(CHECKED))


def begin(work: Work) -> Case:
    """Begin an empty draft."""
    return cases.start_draft(work)


def open_draft(work: Work, case_id: CaseId, *, lock: bool = False) -> Opened:
    """A draft with everything typed so far.

    Args:
        lock: Whether it is about to be changed, so that nobody changes it meanwhile.

    Raises:
        NotFound, Forbidden: It is no case of this business.
        WrongState: It was submitted.
    """
    work.actor.require(Permission.CASE_DRAFT)
    case = cases.load_case(work, case_id, lock=lock)
    case.require_owner(work.actor)
    case.require_state(CaseState.DRAFT)
    key = cases.open_key(work, case)
    typed = cases.read_draft(work, case, key)
    return Opened(case, key, typed, read_content(typed, case.id))


def save_step(work: Work, case_id: CaseId, step: Step, fields: Fields, *, checked: bool = False) -> Opened:
    """Keep what was typed in one step, right or wrong; nothing happens if it is what is kept already.

    Args:
        checked: Whether the person wants to go on, so that what is missing may be shown from now on.
    """
    opened = open_draft(work, case_id, lock=True)
    kept = {name: list(values) for name, values in fields.items() if name not in _NOT_TYPED}
    if checked or opened.was_checked(step):
        kept[CHECKED] = ["yes"]
    if kept == opened.typed.get(step, {}):
        return opened
    cases.save_draft(work, opened.case, step.value, kept)
    typed = {**opened.typed, step.value: kept}
    return Opened(opened.case, opened.key, typed, read_content(typed, case_id))


def discard(work: Work, objects: ObjectStore, case_id: CaseId) -> None:
    """Throw a draft away with its history and documents; this cannot be undone."""
    opened = open_draft(work, case_id, lock=True)
    for said in list_history(work, opened.case, opened.key):
        remove_history(work, opened.case, said.id)
    papers.remove_all(work, objects, opened.case, opened.key)
    store.clear_overrides(work, opened.case)
    cases.discard_draft(work, opened.case)
