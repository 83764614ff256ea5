"""What rows say of a new case's customer beside the debt: reasons to leave them in peace, and wishes."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions.bulk import NewCase
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import bulk
from handoff_portal.contacts.model.facts import Terms
from handoff_portal.contacts.model.guarding import channel_of
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.portfolios.model.portfolio import Staged

_AS_SAID = "The portfolio that this case came with says so."


def tell(work: Work, business: OrgId, pairs: Sequence[tuple[NewCase, Staged]]) -> list[Event]:
    """Write down holds and wishes of new cases; the caller records the events that this gives."""
    resting = [_resting(new, one) for new, one in pairs if one.account.holds]
    told = [_told(work, new, one) for new, one in pairs if one.account.wishes]
    return [*bulk.add_holds(work, business, resting), *bulk.add_facts(work, business, told)]


def one_a_case(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The same events in lists in which no case stands twice."""
    by_case: dict[object, list[Event]] = {}
    for event in events:
        by_case.setdefault(event.case, []).append(event)
    for layer in zip_longest(*by_case.values()):
        yield [event for event in layer if event is not None]


def _resting(new: NewCase, staged: Staged) -> bulk.Resting:
    content = new.content
    notes = {HoldKind.DISPUTE: content.terms.dispute_note, HoldKind.HARDSHIP: content.customer.hardship}
    reasons = {kind: notes.get(kind) or _AS_SAID for kind in sorted(staged.account.holds)}
    return bulk.Resting(new.key, new.time_zone, reasons)


def _told(work: Work, new: NewCase, staged: Staged) -> bulk.Told:
    customer = new.content.customer
    today: date = local_day(work.now, place_of(customer.country, customer.region))
    facts = [
        (
            wish.kind,
            wish.said_on or today,
            Terms(_channels(wish.ways), words=_AS_SAID, author=work.actor.name),
        )
        for wish in staged.account.wishes
    ]
    return bulk.Told(new.key, facts)


def _channels(ways: Sequence[str]) -> tuple[str, ...]:
    """Ways of contact as the guard calls them."""
    return tuple(dict.fromkeys(channel_of(Channel(way)).value for way in ways))
