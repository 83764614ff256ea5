"""Searching the log and taking a copy of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.database.raw import connection_of, sequencing
from handoff_portal.audit import note, store
from handoff_portal.audit.actions.keeping import Keeper
from handoff_portal.audit.checkpoints import LogKey, sign_newest
from handoff_portal.audit.export import Anchored, Wish, write_bundle
from handoff_portal.audit.model import (
    AuditExported,
    AuditSearched,
    AuditVerified,
    Found,
    Purpose,
    Selection,
    SignedRoot,
    Wanted,
)
from handoff_portal.audit.store import search
from handoff_portal.audit.store.search import Names
from handoff_portal.audit.testimony import anchored, newest_given
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import OrgId, PersonId
from handoff_portal.core.permissions import OrgKind, Permission

PICTURE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes:
        events: One page, newest first.
        more: Whether older ones exist.
        days: Events per calendar day of the reader's zone, the last thirty days, gaps filled with 0.
    """

    events: Sequence[Found]
    more: bool
    days: Sequence[tuple[date, int]]
    names: Names


def search_log(work: Work, wanted: Wanted, before: int | None = None, size: int = 50) -> Answer:
    """Who did what to which case when; looking for one person or organisation is an event itself."""
    work.actor.require(Permission.AUDIT_READ)
    found = search.list_page(work, wanted, before, size)
    shown = found[:size]
    organisations = {one for event in shown for one in (event.org, event.own) if one is not None}
    people = {event.person for event in shown if event.person is not None}
    people |= {UUID(named) for event in shown if isinstance(named := event.details.get("person"), str)}
    answer = Answer(
        shown, len(found) > size, _days(work, wanted), search.read_names(work, organisations, people)
    )
    if before is None and (wanted.person or wanted.org):
        person = PersonId(wanted.person) if wanted.person else None
        organisation = OrgId(wanted.org) if wanted.org else None
        work.record(AuditSearched(person=person, organisation=organisation))
    return answer


def export_log(
    database: Database,
    actor: Actor,
    keeper: Keeper,
    key: LogKey,
    out: BinaryIO,
    selection: Selection,
    purpose: Purpose,
    witnesses: Sequence[note.Verifier] = (),
) -> int:
    """Write a signed bundle of what this reader may see; the export's own event is part of it.

    Returns:
        How many entries.

    Raises:
        StepUpNeeded: The second factor was shown too long ago.
        Forbidden: The right is missing.
    """
    with database.work(actor) as work:
        actor.require(Permission.AUDIT_EXPORT)
        actor.require_fresh(work.now)
        work.record(AuditExported(purpose=purpose, whole=selection.is_everything))
    checkpoint = _sign_now(database, keeper, key)
    anchors = _said_by_outsiders(database, checkpoint)
    with database.work(actor) as work:
        wish = Wish(
            selection=selection,
            at=work.now,
            sees_whole_cases=_sees_whole_cases(actor, selection),
            witnesses=tuple(witnesses),
            anchors=anchors,
        )
        return write_bundle(out, connection_of(work), key, checkpoint, wish)


def export_all(
    database: Database,
    keeper: Keeper,
    key: LogKey,
    out: BinaryIO,
    selection: Selection,
    witnesses: Sequence[note.Verifier] = (),
) -> int:
    """Write a bundle from the server's command line, as the operator sees the log; gives its entries."""
    with database.worker() as work:
        work.record(AuditExported(purpose=Purpose.INTERNAL_REVIEW, whole=selection.is_everything))
    checkpoint = _sign_now(database, keeper, key)
    wish = Wish(
        selection=selection,
        at=database.clock(),
        sees_whole_cases=True,
        witnesses=tuple(witnesses),
        anchors=_said_by_outsiders(database, checkpoint),
    )
    with sequencing(database) as connection:
        return write_bundle(out, connection, key, checkpoint, wish)


def record_check(work: Work, problems: Sequence[str], size: int) -> None:
    """Note that somebody had the whole log checked."""
    work.actor.require(Permission.AUDIT_READ)
    work.record(AuditVerified(problems=len(problems), size=size))


def newest_checkpoint(database: Database) -> SignedRoot | None:
    """The newest signed checkpoint, for the page that shows it."""
    with sequencing(database) as connection:
        return store.newest_checkpoint(connection)


def _sign_now(database: Database, keeper: Keeper, key: LogKey) -> SignedRoot:
    """Sequence everything that waits and sign it, so that the bundle holds its own export."""
    while keeper.round():
        pass
    with sequencing(database) as connection:
        return sign_newest(connection, key, database.clock())


def _said_by_outsiders(database: Database, checkpoint: SignedRoot) -> tuple[Anchored, ...]:
    """The newest that each outsider said, with the checkpoint it is about."""
    with sequencing(database) as connection:
        given = newest_given(connection, checkpoint)
        older = {size: store.checkpoint_at(connection, size) for size in given}
    return tuple(anchored(signed, given[size]) for size, signed in older.items() if signed)


def _sees_whole_cases(actor: Actor, selection: Selection) -> bool:
    """The operator sees every event; a business every event of its own cases."""
    return actor.org_kind is OrgKind.OPERATOR or selection.own == actor.org


def _days(work: Work, wanted: Wanted) -> list[tuple[date, int]]:
    zone = work.actor.time_zone
    today = work.now.astimezone(ZoneInfo(zone)).date()
    first = today - timedelta(days=PICTURE_DAYS - 1)
    since = datetime.combine(first, datetime.min.time(), ZoneInfo(zone))
    counted = search.count_by_day(work, wanted, zone, since)
    days = [first + timedelta(days=number) for number in range(PICTURE_DAYS)]
    return [(day, counted.get(day, 0)) for day in days]
