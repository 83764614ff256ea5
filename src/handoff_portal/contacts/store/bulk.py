"""Rows of the histories of many cases at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import column, insert, table

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.bulk import (
    columns,
    days,
    filled,
    flags,
    moments,
    numbers,
    octets,
    texts,
    uuids,
)
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.contacts.model.events import HistoryAdded
from handoff_portal.core.ids import CaseId, OrgId

_SHAPE = (
    ("id", uuids),
    ("case_id", uuids),
    ("source", texts),
    ("occurred_at", moments),
    ("occurred_zone", texts),
    ("channel", texts),
    ("direction", texts),
    ("party", texts),
    ("stage", texts),
    ("key_version", numbers),
    ("sealed", octets),
)
_COMMUNICATION = table(
    "communication",
    *(column(name) for name, _ in _SHAPE),
    *map(column, ("document_ids", "business_id", "org_id", "recorded_at", "recorded_by")),
)
_NAMES = ", ".join(name for name, _ in _SHAPE)
_ADD = f"""
insert into communication ({_NAMES}, business_id, org_id, recorded_at, recorded_by)
select {{values}}, %(own)s, %(own)s, %(now)s, %(person)s {{source}}
"""


_HOLDS = (
    ("id", uuids),
    ("case_id", uuids),
    ("kind", texts),
    ("owner", texts),
    ("stops_contact", flags),
    ("due_at", moments),
    ("until", moments),
    ("sealed_reason", octets),
)
_HOLD_NAMES = ", ".join(name for name, _ in _HOLDS)
_ADD_HOLDS = f"""
insert into hold ({_HOLD_NAMES}, business_id, org_id, key_version, placed_at, placed_by)
select t.*, %(own)s, %(own)s, 1, %(now)s, %(person)s
from unnest({", ".join(f"%({name})s" for name, _ in _HOLDS)}) as t({_HOLD_NAMES})
"""  # noqa: S608 - put together of names in this file


_FACTS = (
    ("id", uuids),
    ("case_id", uuids),
    ("kind", texts),
    ("happened_on", days),
    ("key_version", numbers),
    ("sealed", octets),
)
_FACT_NAMES = ", ".join(name for name, _ in _FACTS)
_ADD_FACTS = f"""
insert into contact_fact ({_FACT_NAMES}, business_id, org_id, recorded_at, recorded_by)
select t.*, %(own)s, %(own)s, %(now)s, %(person)s
from unnest({", ".join(f"%({name})s" for name, _ in _FACTS)}) as t({_FACT_NAMES})
"""  # noqa: S608 - put together of names in this file


def add_facts(work: Work, own: OrgId, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert what customers of many new cases of one business asked or allowed; the caller records why."""
    common = {"own": own, "person": work.actor.person, "now": work.now}
    work.change_many(_ADD_FACTS, {**common, **columns(_FACTS, rows)})


def add_holds(work: Work, own: OrgId, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert holds on many new cases of one business; the caller records why."""
    common = {"own": own, "person": work.actor.person, "now": work.now}
    work.change_many(_ADD_HOLDS, {**common, **columns(_HOLDS, rows)})


def add_histories(work: Work, own: OrgId, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert what was said in many new cases of one business; the caller records why."""
    if rows:
        common = {"own": own, "person": work.actor.person, "now": work.now}
        insert, sent = filled(_ADD, _SHAPE, rows)
        work.change_many(insert, {**common, **sent})


@dataclass(frozen=True, slots=True)
class Sealed:
    """One message with its words sealed.

    Attributes:
        version: Of the case's key.
    """

    id: UUID
    case: CaseId
    version: int
    words: bytes
    entry: HistoryEntry


def add_mails(work: Work, own: OrgId, mails: Sequence[Sealed], events: Sequence[HistoryAdded]) -> None:
    """Insert messages of cases of one business with the documents they came as."""
    if mails:
        work.change(insert(_COMMUNICATION), [_mail(work, own, one) for one in mails])
    work.record_each(events, own)


def _mail(work: Work, own: OrgId, one: Sealed) -> dict[str, Any]:
    entry = one.entry
    return {
        "id": one.id,
        "case_id": one.case,
        "key_version": one.version,
        "sealed": one.words,
        "source": entry.source.value,
        "occurred_at": entry.occurred_at,
        "occurred_zone": entry.zone,
        "channel": entry.channel.value,
        "direction": entry.direction.value,
        "party": entry.party.value,
        "stage": entry.stage.value if entry.stage else None,
        "document_ids": list(entry.documents),
        "business_id": own,
        "org_id": own,
        "recorded_at": work.now,
        "recorded_by": work.actor.person,
    }
