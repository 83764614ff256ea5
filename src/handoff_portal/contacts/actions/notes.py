"""Notes between business and agency: the customer never sees them."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions.cases import pass_turn
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.model.events import NoteSent
from handoff_portal.contacts.model.notes import Note, open_question
from handoff_portal.contacts.store import notes
from handoff_portal.core.ids import CaseId, NoteId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Invalid

ANSWER_DAYS = 2
"""Working days for the other side to answer."""
LONGEST = 5000


def send_note(work: Work, case: Case, key: CaseKey, text: str, *, asks_answer: bool) -> NoteId:
    """Write to the other side; a question makes it their turn, an answer gives the turn back.

    Raises:
        Invalid: The text is missing or too long.
        WrongState: There is no other side at the moment.
    """
    work.actor.require(Permission.NOTE_SEND)
    case.require_party(work.actor)
    case.require_state(CaseState.HELD)
    text = text.strip()
    if not text or len(text) > LONGEST:
        say = f"At most {LONGEST:,} characters fit." if text else "Please write what you want to say."
        raise Invalid({"note": say})
    answered = open_question(notes.list_all(work, case.id, key), work.actor.org)
    note = Note(
        NoteId(new_id()),
        case.id,
        work.actor.org,
        work.actor.person,
        work.actor.name,
        text,
        asks_answer,
        work.now,
    )
    event = NoteSent(
        case=case.id, own=case.business, note=note.id, asks_answer=asks_answer, answers=answered is not None
    )
    notes.add(work, case, key, note, event)
    if asks_answer or answered is not None:
        _pass_on(work, case)
    return note.id


def list_notes(work: Work, case: Case, key: CaseKey) -> list[Note]:
    """The notes of a case, oldest first."""
    work.actor.require(Permission.CASE_READ)
    return notes.list_all(work, case.id, key)


def cases_with_question(work: Work, cases: list[CaseId]) -> set[CaseId]:
    """Those of the cases where the other side waits for an answer of this organisation."""
    work.actor.require(Permission.CASE_READ)
    return notes.list_cases_with_question(work, cases) if cases else set()


def _pass_on(work: Work, case: Case) -> None:
    other = Turn.AGENCY if work.actor.org_kind is OrgKind.BUSINESS else Turn.BUSINESS
    zone = case.time_zone or work.actor.time_zone
    pass_turn(work, case, other, working_days_later(work.now, ANSWER_DAYS, zone))
