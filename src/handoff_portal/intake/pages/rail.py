"""The progress rail over the five steps, and what every step's page shows."""

from typing import Any

from handoff_portal.adapters.database import Work
from handoff_portal.contacts.actions.history import summarise
from handoff_portal.documents.actions.papers import counts_by_kind
from handoff_portal.intake.actions.drafting import Opened
from handoff_portal.intake.model.steps import STEP_WORDS, Step


def frame_of(work: Work, opened: Opened, current: Step) -> dict[str, Any]:
    """What the frame of a step needs: case, title, rail."""
    heard = summarise(work, opened.case).count > 0
    stored = bool(counts_by_kind(work, opened.case))
    done = {
        Step.CUSTOMER: _filled(opened, Step.CUSTOMER),
        Step.OWED: _filled(opened, Step.OWED),
        Step.SAID: "done" if heard else "todo",
        Step.DOCUMENTS: "done" if stored else "todo",
        Step.READY: "todo",
    }
    rail = [
        {
            "label": STEP_WORDS[step],
            "href": f"/cases/{opened.case.id}/edit/{step.value}",
            "state": "current" if step is current else done[step],
        }
        for step in Step
    ]
    name = opened.fields(Step.CUSTOMER).get("name", [""])[0].strip()
    return {"case": opened.case, "step": current, "rail": rail, "name": name}


def _filled(opened: Opened, step: Step) -> str:
    if not opened.was_checked(step):
        return "todo"
    return "problem" if opened.reading.errors_of(step) else "done"
