"""History and papers in figures: what the rules of a policy are measured against."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handoff_portal.contacts.model.communications import (
    PERSONAL_CHANNELS,
    Communication,
    Direction,
    HistoryEntry,
    Stage,
)
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.profile import Facts
from handoff_portal.intake.model.wording import reads_kindly

Said = Communication | HistoryEntry
_REMINDERS = frozenset(stage for stage in Stage if stage.startswith("reminder"))


def measure(
    said: Sequence[Said], papers: Mapping[DocumentKind, int], zone: str, today: date, *, declared: bool
) -> Facts:
    """The figures of one account.

    Args:
        said: Its history; what is neither a reminder, a final notice nor a conversation is passed over.
        papers: Kind to number of the stored documents.
        zone: IANA zone of the customer, in which days are counted.
        declared: Whether somebody ticked that the final notice says what it should.
    """
    here = ZoneInfo(zone)
    reminders = [one for one in said if one.stage in _REMINDERS]
    facts = Facts(
        today=today,
        reminders=len(reminders),
        reminders_on=tuple(_on(one.occurred_at, here) for one in reminders if one.occurred_at),
        personal=sum(one.channel in PERSONAL_CHANNELS for one in said),
        notice_declared=declared,
        contract_on_file=papers.get(DocumentKind.CONTRACT, 0) > 0,
        papers=frozenset(kind for kind, number in papers.items() if number),
    )
    return _with_notice(facts, said, here)


def _with_notice(facts: Facts, said: Sequence[Said], here: ZoneInfo) -> Facts:
    """The latest final notice that went out; one without a day counts only where no other has one."""
    notices = [one for one in said if one.stage is Stage.FINAL_NOTICE and one.direction is Direction.OUT]
    if not notices:
        return facts
    dated = [(one.occurred_at, place, one) for place, one in enumerate(notices) if one.occurred_at]
    latest = max(dated, key=lambda found: found[:2])[2] if dated else notices[-1]
    return replace(
        facts,
        final_notice_on=_on(latest.occurred_at, here) if latest.occurred_at else None,
        final_notice_undated=not dated,
        final_notice_channel=latest.channel,
        notice_reads_well=reads_kindly(f"{latest.words.subject}\n{latest.words.text}")
        if latest.words.text.strip()
        else None,
    )


def _on(at: datetime, here: ZoneInfo) -> date:
    return at.astimezone(here).date()
