"""Rows of offers and their messages. The waiting case key is written here and can be read by no page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    column,
    insert,
    select,
    table,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.talks import TalkKey
from handoff_portal.cases.model.account import Bucket
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, NoteId, OfferId, OrgId, PersonId
from handoff_portal.core.refusals import NotFound
from handoff_portal.handoffs.model.offer import DeclineReason, Offer, OfferMessage, OfferState, OfferTerms
from handoff_portal.handoffs.model.preview import Preview

SHOWN = (
    "id",
    "case_id",
    "business_id",
    "agency_id",
    "state",
    "preview",
    "commission_bp",
    "allocation",
    "made_at",
    "made_by",
    "expires_at",
    "seen_at",
    "answer_due",
    "answered_at",
    "decline_reason",
)
OFFER = table(
    "offer",
    *map(column, (*SHOWN, "wrapped", "key_version", "talk_for_business", "talk_for_agency")),
)
MESSAGE = table(
    "offer_message",
    *map(column, ("id", "offer_id", "business_id", "agency_id", "org_id", "person_id", "sealed", "sent_at")),
)
COLUMNS = [OFFER.c[name] for name in SHOWN]
ADD = insert(OFFER).values(preview=bindparam("preview", type_=JSONB))
_OF_CASE = Prepared(
    select(*COLUMNS).where(OFFER.c.case_id == bindparam("case")).order_by(OFFER.c.made_at.desc(), OFFER.c.id)
)
_SETTLE = text("select settle_offers(:case, :at)")


@dataclass(frozen=True, slots=True)
class Wraps:
    """The keys that go with an offer, each wrapped for one organisation."""

    case_key: bytes
    key_version: int
    talk_for_business: bytes
    talk_for_agency: bytes


def add(work: Work, made: Offer, wraps: Wraps, event: Event) -> None:
    """Insert an offer with the case key that waits for its acceptance."""
    work.change(ADD, [row_of(made, wraps)])
    work.record(event)


def load(work: Work, wanted: OfferId) -> Offer:
    """One offer that this organisation made or received. Raises NotFound."""
    row = work.read(select(*COLUMNS).where(OFFER.c.id == wanted)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return offer_of(row)


def list_of_case(work: Work, case: CaseId) -> list[Offer]:
    """The offers of a case, newest first."""
    return [offer_of(row) for row in work.read(_OF_CASE, {"case": case}).mappings()]


def list_open_of_case(work: Work, case: CaseId) -> list[Offer]:
    """The offers of a case that wait for an answer."""
    return [offer for offer in list_of_case(work, case) if offer.state is OfferState.OPEN]


def list_open_of_cases(work: Work, cases: Sequence[CaseId]) -> list[tuple[CaseId, OrgId]]:
    """Case and agency of every offer of these cases that waits for an answer."""
    waiting = (OFFER.c.case_id.in_(cases)) & (OFFER.c.state == OfferState.OPEN.value)
    query = select(OFFER.c.case_id, OFFER.c.agency_id).where(waiting)
    return [(CaseId(row.case_id), OrgId(row.agency_id)) for row in work.read(query)]


def list_received(
    work: Work, state: OfferState | None, after: tuple[datetime, OfferId] | None, size: int
) -> list[Offer]:
    """Offers to this agency; open ones by their end, others the latest end first; one more than the size."""
    query = select(*COLUMNS).where(OFFER.c.agency_id == work.actor.org, *_in_state(state))
    key = tuple_(OFFER.c.expires_at, OFFER.c.id)
    if state is OfferState.OPEN:
        query = query.order_by(OFFER.c.expires_at, OFFER.c.id)
        query = query if after is None else query.where(key > tuple_(*after))
    else:
        query = query.order_by(OFFER.c.expires_at.desc(), OFFER.c.id.desc())
        query = query if after is None else query.where(key < tuple_(*after))
    return _all(work, query.limit(size + 1))


def list_made(
    work: Work, state: OfferState | None, after: tuple[datetime, CaseId, OfferId] | None, size: int
) -> list[Offer]:
    """Offers of this business, newest first, those of one case together; one more than the size."""
    key = (OFFER.c.made_at, OFFER.c.case_id, OFFER.c.id)
    query = select(*COLUMNS).where(OFFER.c.business_id == work.actor.org, *_in_state(state))
    query = query if after is None else query.where(tuple_(*key) < tuple_(*after))
    return _all(work, query.order_by(*(part.desc() for part in key)).limit(size + 1))


def list_unanswered(work: Work, most: int) -> list[Offer]:
    """Open offers of this business whose agency waits for an answer, the most urgent first."""
    waiting = (OFFER.c.state == OfferState.OPEN.value) & OFFER.c.answer_due.is_not(None)
    query = select(*COLUMNS).where(OFFER.c.business_id == work.actor.org, waiting)
    return _all(work, query.order_by(OFFER.c.answer_due, OFFER.c.id).limit(most))


def _in_state(state: OfferState | None) -> list[ColumnElement[bool]]:
    return [] if state is None else [OFFER.c.state == state.value]


def save_seen(work: Work, wanted: OfferId, event: Event) -> None:
    """Note the agency's first look."""
    work.change(update(OFFER).where(OFFER.c.id == wanted, OFFER.c.seen_at.is_(None)).values(seen_at=work.now))
    work.record(event)


def save_ended(
    work: Work, offer: Offer, state: OfferState, event: Event, reason: DeclineReason | None = None
) -> bool:
    """End an open offer; False when somebody was faster. After the last one the case can be offered anew."""
    values = {"state": state.value, "answered_at": work.now}
    if reason is not None:
        values["decline_reason"] = reason.value
    settle(work, offer.case)
    still = (OFFER.c.id == offer.id) & (OFFER.c.state == OfferState.OPEN.value)
    if work.change(update(OFFER).where(still).values(**values)).rowcount != 1:
        return False
    work.change(_SETTLE, {"case": offer.case, "at": work.now})
    work.record(event)
    return True


def list_lapsed(work: Work, most: int = 500) -> list[tuple[OfferId, CaseId, OrgId, OrgId]]:
    """Open offers whose time is over, the longest first: offer, case, business, agency (worker's door)."""
    open_and_over = (OFFER.c.state == OfferState.OPEN.value) & (OFFER.c.expires_at <= work.now)
    query = select(OFFER.c.id, OFFER.c.case_id, OFFER.c.business_id, OFFER.c.agency_id).where(open_and_over)
    return [
        (OfferId(row.id), CaseId(row.case_id), OrgId(row.business_id), OrgId(row.agency_id))
        for row in work.read(query.order_by(OFFER.c.expires_at, OFFER.c.id).limit(most))
    ]


def lapse(work: Work, wanted: OfferId, case: CaseId, event: Event) -> bool:
    """End an offer whose time is over (worker's door); False when it was answered in the meantime."""
    settle(work, case)
    still = (
        (OFFER.c.id == wanted) & (OFFER.c.state == OfferState.OPEN.value) & (OFFER.c.expires_at <= work.now)
    )
    values = {"state": OfferState.LAPSED.value, "answered_at": work.now}
    if work.keep_house(update(OFFER).where(still).values(**values)).rowcount != 1:
        return False
    work.change(_SETTLE, {"case": case, "at": work.now})
    work.record(event)
    return True


def find_talk_wrap(work: Work, offer: Offer) -> bytes:
    """The conversation's key as wrapped for this organisation."""
    mine = OFFER.c.talk_for_agency if work.actor.org == offer.agency else OFFER.c.talk_for_business
    wrapped: bytes = work.read(select(mine).where(OFFER.c.id == offer.id)).scalar_one()
    return wrapped


def add_message(
    work: Work,
    offer: Offer,
    said: OfferMessage,
    key: TalkKey,
    message: NoteId,
    answer_due: datetime | None,
    event: Event,
) -> None:
    """Insert a question or answer; whose turn it is follows from it.

    Args:
        answer_due: Until when the business answers; None when nothing waits for it any more.
    """
    settle(work, offer.case)
    words = json.dumps({"author": said.author, "text": said.text}, ensure_ascii=False).encode()
    work.change(
        insert(MESSAGE).values(
            id=message,
            offer_id=offer.id,
            business_id=offer.business,
            agency_id=offer.agency,
            org_id=said.org,
            person_id=said.person,
            sealed=key.seal(message, words),
            sent_at=said.sent_at,
        )
    )
    still = (OFFER.c.id == offer.id) & (OFFER.c.state == OfferState.OPEN.value)
    work.change(update(OFFER).where(still).values(answer_due=answer_due))
    settle(work, offer.case)
    work.record(event)


def settle(work: Work, case: CaseId) -> None:
    """Say whose turn it is from the open offers of the case; part of a change that has its own event.

    It locks the case: call it before an offer is changed too, so that two answers take turns.
    """
    work.keep_house(_SETTLE, {"case": case, "at": work.now})


def list_messages(work: Work, offer: Offer, key: TalkKey) -> list[OfferMessage]:
    """The conversation about an offer, oldest first."""
    query = select(MESSAGE).where(MESSAGE.c.offer_id == offer.id).order_by(MESSAGE.c.sent_at, MESSAGE.c.id)
    found = []
    for row in work.read(query).mappings():
        words = json.loads(key.open(row["id"], row["sealed"]))
        org, person = OrgId(row["org_id"]), PersonId(row["person_id"])
        found.append(OfferMessage(org, person, words["author"], words["text"], row["sent_at"]))
    return found


def row_of(made: Offer, wraps: Wraps) -> dict[str, object]:
    """An offer as `ADD` takes it."""
    return {
        "id": made.id,
        "case_id": made.case,
        "business_id": made.business,
        "agency_id": made.agency,
        "state": made.state.value,
        "preview": made.preview.as_json(),
        "commission_bp": made.terms.commission_bp,
        "allocation": [bucket.value for bucket in made.terms.allocation],
        "wrapped": wraps.case_key,
        "key_version": wraps.key_version,
        "talk_for_business": wraps.talk_for_business,
        "talk_for_agency": wraps.talk_for_agency,
        "made_at": made.made_at,
        "made_by": made.made_by,
        "expires_at": made.terms.expires_at,
    }


def _all(work: Work, query: Select[tuple[object, ...]]) -> list[Offer]:
    return [offer_of(row) for row in work.read(query).mappings()]


def offer_of(row: RowMapping) -> Offer:
    """A row of COLUMNS as the offer it is."""
    order = tuple(map(Bucket, row["allocation"]))
    return Offer(
        id=OfferId(row["id"]),
        case=CaseId(row["case_id"]),
        business=OrgId(row["business_id"]),
        agency=OrgId(row["agency_id"]),
        state=OfferState(row["state"]),
        preview=Preview.from_json(row["preview"]),
        terms=OfferTerms(row["commission_bp"], order, row["expires_at"]),
        made_at=row["made_at"],
        made_by=PersonId(row["made_by"]),
        seen_at=row["seen_at"],
        answer_due=row["answer_due"],
        answered_at=row["answered_at"],
        decline_reason=DeclineReason(row["decline_reason"]) if row["decline_reason"] else None,
    )
