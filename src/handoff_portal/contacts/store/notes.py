"""Rows of notes between the two sides."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Label, RowMapping, bindparam, column, func, insert, select, table

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.events import NoteSent
from handoff_portal.contacts.model.notes import Note
from handoff_portal.core.ids import CaseId, NoteId, OrgId, PersonId

_COLUMNS = (
    "id",
    "case_id",
    "business_id",
    "org_id",
    "person_id",
    "asks_answer",
    "key_version",
    "sealed",
    "sent_at",
)
NOTE = table("note", *map(column, _COLUMNS))


def add(work: Work, case: Case, key: CaseKey, note: Note, event: NoteSent) -> None:
    """Insert a note."""
    words = json.dumps([note.author, note.text], ensure_ascii=False).encode()
    work.change(
        insert(NOTE).values(
            id=note.id,
            case_id=case.id,
            business_id=case.business,
            org_id=note.org,
            person_id=note.person,
            asks_answer=note.asks_answer,
            key_version=key.version,
            sealed=key.seal(Disclosure.MESSAGES, "note", words, note.id),
            sent_at=note.sent_at,
        )
    )
    work.record(event)


def list_all(work: Work, case: CaseId, key: CaseKey) -> list[Note]:
    """The notes of a case, oldest first, each question with the time of its answer."""
    return [_read(row, key) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def list_cases_with_question(work: Work, cases: Sequence[CaseId]) -> set[CaseId]:
    """Those of the cases where the other side waits for an answer of this organisation."""
    asked = select(NOTE.c.case_id).where(
        NOTE.c.case_id.in_(cases),
        NOTE.c.asks_answer,
        NOTE.c.org_id != work.actor.org,
        _answered_at().is_(None),
    )
    return {CaseId(found) for found in work.read(asked).scalars()}


def _answered_at() -> Label[Any]:
    """When the other side wrote next."""
    later = NOTE.alias("later")
    return (
        select(func.min(later.c.sent_at))
        .where(
            later.c.case_id == NOTE.c.case_id,
            later.c.sent_at > NOTE.c.sent_at,
            later.c.org_id != NOTE.c.org_id,
        )
        .correlate(NOTE)
        .scalar_subquery()
        .label("answered_at")
    )


_OF_CASE = Prepared(
    select(*NOTE.c, _answered_at())
    .where(NOTE.c.case_id == bindparam("case"))
    .order_by(NOTE.c.sent_at, NOTE.c.id)
)


def _read(row: RowMapping, key: CaseKey) -> Note:
    author, text = json.loads(key.open(Disclosure.MESSAGES, "note", row["sealed"], row["id"]))
    return Note(
        id=NoteId(row["id"]),
        case=CaseId(row["case_id"]),
        org=OrgId(row["org_id"]),
        person=PersonId(row["person_id"]),
        author=author,
        text=text,
        asks_answer=row["asks_answer"],
        sent_at=row["sent_at"],
        answered_at=row["answered_at"] if row["asks_answer"] else None,
    )
