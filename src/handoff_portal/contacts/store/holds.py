"""Rows of holds."""

import json
from collections.abc import Mapping

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    RowMapping,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    insert,
    or_,
    select,
    table,
    update,
)

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.events import HoldLifted, HoldPlaced
from handoff_portal.contacts.model.holds import LICENCE_IS_BACK, PORTAL, Hold, HoldKind, Side
from handoff_portal.core.ids import CaseId, CommunicationId, HoldId, OrgId
from handoff_portal.core.refusals import NotFound

_COLUMNS = (
    "id",
    "case_id",
    "business_id",
    "org_id",
    "kind",
    "stops_contact",
    "owner",
    "due_at",
    "until",
    "communication_id",
    "key_version",
    "sealed_reason",
    "placed_at",
    "placed_by",
    "lifted_at",
    "lifted_by",
    "sealed_lift_reason",
    "clear_reason",
)
HOLD = table("hold", *map(column, _COLUMNS))
_CASES = bindparam("cases", type_=ARRAY(Uuid()))
_OF_CASES = Prepared(select(HOLD).where(HOLD.c.case_id == any_(_CASES)).order_by(HOLD.c.placed_at, HOLD.c.id))


def add(work: Work, case: Case, key: CaseKey, hold: Hold, event: HoldPlaced) -> None:
    """Insert a hold."""
    work.change(
        insert(HOLD).values(
            id=hold.id,
            case_id=case.id,
            business_id=case.business,
            org_id=hold.org,
            kind=hold.kind.value,
            stops_contact=hold.stops_contact,
            owner=hold.owner.value,
            due_at=hold.due_at,
            until=hold.until,
            communication_id=hold.communication,
            key_version=key.version,
            sealed_reason=key.seal(Disclosure.MESSAGES, "reason", words(hold.author, hold.reason), hold.id),
            placed_at=hold.placed_at,
            placed_by=work.actor.person,
        )
    )
    work.record(event)


def lift(work: Work, key: CaseKey, hold: Hold, reason: str, event: HoldLifted) -> None:
    """End a hold with the reason for it."""
    sealed = key.seal(Disclosure.MESSAGES, "lift_reason", words(work.actor.name, reason), hold.id)
    work.change(
        update(HOLD)
        .where(HOLD.c.id == hold.id, HOLD.c.lifted_at.is_(None))
        .values(lifted_at=work.now, lifted_by=work.actor.person, sealed_lift_reason=sealed)
    )
    work.record(event)


def load(work: Work, case: CaseId, wanted: HoldId, key: CaseKey) -> Hold:
    """One hold of a case. Raises NotFound."""
    query = select(HOLD).where(HOLD.c.id == wanted, HOLD.c.case_id == case)
    row = work.read(query).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _read(row, key)


def list_all(work: Work, case: CaseId, key: CaseKey) -> list[Hold]:
    """Every hold of a case, oldest first."""
    return list_of(work, {case: key})[case]


def list_of(work: Work, keys: Mapping[CaseId, CaseKey]) -> dict[CaseId, list[Hold]]:
    """Every hold of each of these cases, oldest first."""
    found: dict[CaseId, list[Hold]] = {case: [] for case in keys}
    for row in work.read(_OF_CASES, {"cases": list(keys)}).mappings():
        case = CaseId(row["case_id"])
        found[case].append(_read(row, keys[case]))
    return found


def list_open(work: Work, case: CaseId, key: CaseKey) -> list[Hold]:
    """The holds that count now, oldest first."""
    still = or_(HOLD.c.until.is_(None), HOLD.c.until > work.now)
    return _list(work, and_(HOLD.c.case_id == case, HOLD.c.lifted_at.is_(None), still), key)


def _list(work: Work, condition: ColumnElement[bool], key: CaseKey) -> list[Hold]:
    query = select(HOLD).where(condition).order_by(HOLD.c.placed_at, HOLD.c.id)
    return [_read(row, key) for row in work.read(query).mappings()]


def words(author: str, text: str) -> bytes:
    """What of a hold is sealed."""
    return json.dumps([author, text], ensure_ascii=False).encode()


def _read(row: RowMapping, key: CaseKey) -> Hold:
    author, reason, lifted_by, lift_reason = _words_of(row, key)
    return Hold(
        id=HoldId(row["id"]),
        case=CaseId(row["case_id"]),
        org=OrgId(row["org_id"]),
        kind=HoldKind(row["kind"]),
        stops_contact=row["stops_contact"],
        owner=Side(row["owner"]),
        due_at=row["due_at"],
        until=row["until"],
        communication=CommunicationId(row["communication_id"]) if row["communication_id"] else None,
        placed_at=row["placed_at"],
        author=author,
        reason=reason,
        lifted_at=row["lifted_at"],
        lifted_by=lifted_by,
        lift_reason=lift_reason,
    )


def _words_of(row: RowMapping, key: CaseKey) -> tuple[str, str, str, str]:
    """Who placed and lifted it, and why; the portal's own holds say so in clear."""
    if row["clear_reason"] is not None:
        ended = (PORTAL, LICENCE_IS_BACK) if row["lifted_at"] is not None else ("", "")
        return PORTAL, row["clear_reason"], *ended
    author, reason = json.loads(key.open(Disclosure.MESSAGES, "reason", row["sealed_reason"], row["id"]))
    if row["sealed_lift_reason"] is None:
        return author, reason, "", ""
    sealed = key.open(Disclosure.MESSAGES, "lift_reason", row["sealed_lift_reason"], row["id"])
    lifted_by, lift_reason = json.loads(sealed)
    return author, reason, lifted_by, lift_reason
