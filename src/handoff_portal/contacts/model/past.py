"""Past contacts as the worker sees them: no name, number or word of the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.case import Balance, Case, CaseState, DebtorType, Turn
from handoff_portal.contacts.model.communications import Direction
from handoff_portal.contacts.model.facts import ContactFact
from handoff_portal.contacts.model.guarding import Known, Row, channel_of, contact_of, situation_of
from handoff_portal.contacts.model.holds import Hold
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.guard.model.remembered import Remembered
from handoff_portal.guard.model.replay import PastCase, PastContact
from handoff_portal.guard.model.situation import Proposed


@dataclass(frozen=True, slots=True)
class PastRow:
    """One stored contact.

    Attributes:
        agency: Who made it, if an agency logged it in the portal; None for the business's own history.
        known: What the guard knew when it was logged, if that was kept.
    """

    row: Row
    agency: OrgId | None = None
    known: Remembered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """What is known of one case without opening it.

    Attributes:
        contacts: Those of the customer's other cases among them, in order of time.
        zones: Every zone the customer may be in, as far as place and stated zone tell.
        facts: Of the kinds that say something without their sealed part.
    """

    id: CaseId
    business: OrgId
    reference: str
    country: str
    region: str
    debtor_type: DebtorType | None
    zones: tuple[ZoneInfo, ...]
    contacts: Sequence[PastRow]
    holds: Sequence[Hold]
    facts: Sequence[ContactFact]
    updated_at: datetime


def past_case(clear: Clear) -> PastCase:
    """The case as a new rule file is tried on it."""
    known = Known(
        case=_case(clear),
        customer=None,
        zones=clear.zones,
        fitting=None,
        approved=True,
        said=(),
        holds=clear.holds,
        facts=clear.facts,
    )
    contacts = tuple(_contact(one, clear) for one in clear.contacts)
    return PastCase(clear.id, clear.reference, situation_of(known), contacts)


def _contact(past: PastRow, clear: Clear) -> PastContact:
    row = past.row
    made = contact_of(row, str(clear.id), str(clear.business))
    if past.agency is None or row.direction is not Direction.OUT:
        return PastContact(made)
    if past.known is not None:
        return PastContact(made, past.known.proposed, past.agency, past.known.situation)
    channel = channel_of(row.channel, row.party, row.place)
    proposed = Proposed(
        at=row.occurred_at,
        channel=channel,
        where=row.place,
        debt=str(clear.id),
        creditor=str(clear.business),
    )
    return PastContact(made, proposed, past.agency)


def _case(clear: Clear) -> Case:
    """The case with what is known; nothing else of it is looked at."""
    return Case(
        id=clear.id,
        business=clear.business,
        reference=clear.reference,
        state=CaseState.HELD,
        holder=None,
        turn=Turn.NOBODY,
        turn_until=None,
        debtor_type=clear.debtor_type,
        claim_type=None,
        country=clear.country,
        region=clear.region,
        currency=None,
        time_zone=None,
        oldest_due_on=None,
        balance=Balance(),
        key_version=1,
        created_at=clear.updated_at,
        updated_at=clear.updated_at,
        submitted_at=None,
        closed_at=None,
        close_code=None,
    )
