"""History and papers in figures: what the rules of a policy are measured against."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.content import Channel
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
    here = _zone(zone)
    reminders = [one for one in said if one.stage in _REMINDERS]
    notices = [one for one in said if one.stage is Stage.FINAL_NOTICE and one.direction is Direction.OUT]
    notice = _latest(notices, here) if notices else _Notice()
    return Facts(
        today=today,
        reminders=len(reminders),
        reminders_on=tuple([_on(one.occurred_at, here) for one in reminders if one.occurred_at]),
        personal=len([one for one in said if one.channel in PERSONAL_CHANNELS]),
        final_notice_on=notice.on,
        final_notice_undated=notice.undated,
        final_notice_channel=notice.channel,
        notice_reads_well=notice.reads_well,
        notice_declared=declared,
        contract_on_file=papers.get(DocumentKind.CONTRACT, 0) > 0,
        papers=frozenset(kind for kind, number in papers.items() if number) if papers else frozenset(),
    )


class _Notice(NamedTuple):
    """What `Facts` says of a final notice."""

    on: date | None = None
    undated: bool = False
    channel: Channel | None = None
    reads_well: bool | None = None


def _latest(notices: Sequence[Said], here: ZoneInfo) -> _Notice:
    """The latest of those that went out; one without a day counts only where no other has one."""
    dated = [(one.occurred_at, place) for place, one in enumerate(notices) if one.occurred_at]
    latest = notices[max(dated)[1] if dated else -1]
    words = latest.words
    return _Notice(
        _on(latest.occurred_at, here) if latest.occurred_at else None,
        not dated,
        latest.channel,
        reads_kindly(f"{words.subject}\n{words.text}") if words.text.strip() else None,
    )


def _on(at: datetime, here: ZoneInfo) -> date:
    return at.astimezone(here).date()


@lru_cache(512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
