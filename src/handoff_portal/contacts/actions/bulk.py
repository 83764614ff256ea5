"""The histories of many new cases at once."""

from collections.abc import Iterable

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.contacts.store import bulk
from handoff_portal.core.ids import OrgId


def add_histories(work: Work, own: OrgId, said: Iterable[tuple[CaseKey, Iterable[HistoryEntry]]]) -> None:
    """Seal and insert what the business and its customers said; the caller records one event a case."""
    rows = []
    for key, entries in said:
        for entry in entries:
            one = new_id()
            rows.append(
                (
                    one,
                    key.case_id,
                    entry.source.value,
                    entry.occurred_at,
                    entry.zone,
                    entry.channel.value,
                    entry.direction.value,
                    entry.party.value,
                    entry.stage.value if entry.stage else None,
                    key.version,
                    key.seal(Disclosure.MESSAGES, "communication", entry.words.encode(), one),
                )
            )
    bulk.add_histories(work, own, rows)
