"""Rows of many offers at once: those of a whole selection, and those that wait for one agency."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, OfferId, OrgId
from handoff_portal.core.refusals import WrongState
from handoff_portal.handoffs.model.offer import Offer, OfferState
from handoff_portal.handoffs.store.offers import ADD, COLUMNS, OFFER, Wraps, offer_of, row_of

_SETTLE_MANY = text("select count(settle_offers(one, :at)) from unnest(cast(:cases as uuid[])) one")


def add(
    work: Work, made: Sequence[tuple[Offer, Wraps]], cases: Sequence[CaseId], events: Iterable[Event]
) -> None:
    """Insert the offers of several cases and say whose turn it is, with an event for each.

    Raises:
        WrongState: An agency got an open offer of one of the cases at this very moment.
    """
    try:
        work.change(ADD, [row_of(offer, wraps) for offer, wraps in made])
    except IntegrityError as error:
        raise WrongState(
            "One of these cases was offered to one of the agencies in the meantime. Look at the plan again."
        ) from error
    work.keep_house(_SETTLE_MANY, {"cases": list(cases), "at": work.now})
    for event in events:
        work.record(event)


def load_received(work: Work, wanted: Sequence[OfferId]) -> list[Offer]:
    """These offers to this agency, in the order of their cases; unknown ones are left out."""
    among = OFFER.c.id == any_(cast(bindparam("ids"), ARRAY(Uuid)))
    query = select(*COLUMNS).where(OFFER.c.agency_id == work.actor.org, among).order_by(OFFER.c.case_id)
    return [offer_of(row) for row in work.read(query, {"ids": list(wanted)}).mappings()]


def list_waiting(
    work: Work, business: OrgId | None, country: str, before: datetime, most: int
) -> list[Offer]:
    """Open offers to this agency that were made until then, those that end first before the others.

    Args:
        business: Only of this one; None for all.
        country: Only of customers in this country (ISO 3166-1); empty for all.
    """
    query = select(*COLUMNS).where(
        OFFER.c.agency_id == work.actor.org,
        OFFER.c.state == OfferState.OPEN.value,
        OFFER.c.expires_at > work.now,
        OFFER.c.made_at <= before,
    )
    if business is not None:
        query = query.where(OFFER.c.business_id == business)
    if country:
        query = query.where(_place().in_([country]))
    query = query.order_by(OFFER.c.expires_at, OFFER.c.id).limit(most)
    return [offer_of(row) for row in work.read(query).mappings()]


def count_waiting(work: Work) -> list[tuple[OrgId, str, int]]:
    """Business, country of the customers and number of the open offers to this agency."""
    country = _place()
    query = (
        select(OFFER.c.business_id, country.label("country"), func.count().label("number"))
        .where(
            OFFER.c.agency_id == work.actor.org,
            OFFER.c.state == OfferState.OPEN.value,
            OFFER.c.expires_at > work.now,
        )
        .group_by(OFFER.c.business_id, country)
    )
    return [(OrgId(row.business_id), row.country, row.number) for row in work.read(query)]


def _place() -> ColumnElement[str]:
    """The country in the preview of an offer."""
    return func.jsonb_extract_path_text(OFFER.c.preview, "country")
