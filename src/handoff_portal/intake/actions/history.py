"""The history that a business brings along: entries typed by hand, corrected, taken out."""

from msgspec.structs import replace

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.contacts.actions.history import add_history, list_history, remove_history
from handoff_portal.contacts.model.communications import Communication, Direction, HistoryEntry, Stage
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId, CommunicationId
from handoff_portal.core.refusals import NotFound
from handoff_portal.documents.actions import papers
from handoff_portal.intake.actions.drafting import Fields, Opened, open_draft, save_step
from handoff_portal.intake.model.said import ENTRY, read_entry
from handoff_portal.intake.model.steps import Step


def add_entry(work: Work, case_id: CaseId, fields: Fields) -> CommunicationId:
    """Add one typed entry and empty the form for the next one.

    Raises:
        Invalid: By field; nothing was added and what was typed stays typed.
    """
    opened = open_draft(work, case_id, lock=True)
    form = Form(fields)
    entry = read_entry(form, work.actor.time_zone)
    form.check()
    (made,) = add_history(work, opened.case, opened.key, [entry])
    rest = {name: values for name, values in opened.fields(Step.SAID).items() if name not in ENTRY}
    save_step(work, case_id, Step.SAID, rest)
    return made


def correct_entry(work: Work, case_id: CaseId, wanted: CommunicationId, fields: Fields) -> CommunicationId:
    """Change direction, stage or time of an entry: it is taken out and added again as corrected.

    Raises:
        Invalid: By field.
    """
    opened = open_draft(work, case_id, lock=True)
    said = _find(work, opened, wanted)
    form = Form(fields)
    direction = form.choice("direction", Direction)
    stage = form.optional_choice("stage", Stage)
    at = form.moment("occurred_at", work.actor.time_zone, required=False)
    form.check()
    if said.occurred_at and at == said.occurred_at.replace(second=0, microsecond=0):
        at = said.occurred_at
    remove_history(work, opened.case, wanted)
    corrected = replace(_entry(said), direction=direction, stage=stage, occurred_at=at)
    (made,) = add_history(work, opened.case, opened.key, [corrected])
    return made


def remove_entry(work: Work, objects: ObjectStore, case_id: CaseId, wanted: CommunicationId) -> None:
    """Take an entry out of a draft, with the documents that came with it."""
    opened = open_draft(work, case_id, lock=True)
    said = _find(work, opened, wanted)
    remove_history(work, opened.case, wanted)
    known = {paper.id for paper in papers.list_documents(work, opened.case, opened.key)}
    used = {document for other in list_history(work, opened.case, opened.key) for document in other.documents}
    for document in said.documents:
        if document in known and document not in used:
            papers.remove_document(work, objects, opened.case, document)


def _find(work: Work, opened: Opened, wanted: CommunicationId) -> Communication:
    for said in list_history(work, opened.case, opened.key):
        if said.id == wanted:
            return said
    raise NotFound


def _entry(said: Communication) -> HistoryEntry:
    return HistoryEntry(
        channel=said.channel,
        direction=said.direction,
        occurred_at=said.occurred_at,
        zone=said.zone,
        words=said.words,
        stage=said.stage,
        party=said.party,
        source=said.source,
        documents=said.documents,
    )
