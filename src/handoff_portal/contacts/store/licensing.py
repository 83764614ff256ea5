"""Holds for want of a licence, by functions of the database: worker and operator see no cases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, TextClause, Uuid, bindparam, text

from handoff_portal.adapters.database import Work
from handoff_portal.contacts.model.events import HoldLifted, HoldPlaced
from handoff_portal.contacts.model.licensing import Licensed
from handoff_portal.core.ids import NOBODY, CaseId, HoldId, OrgId

_CASES: TextClause = text("select * from licence_cases(:agency)").bindparams(
    bindparam("agency", type_=Uuid())
)
_HOLDERS: TextClause = text("select id from organisation where kind = 'agency' order by id")
_IDS, _DUE = bindparam("ids", type_=ARRAY(Uuid())), bindparam("due", type_=ARRAY(DateTime(timezone=True)))
_AT, _BY = bindparam("at", type_=DateTime(timezone=True)), bindparam("by", type_=Uuid())
_STOP: TextClause = text("select * from stop_for_licence(:agency, :ids, :cases, :due, :reasons, :at, :by)")
_STOP = _STOP.bindparams(
    *(_IDS, _DUE, _AT, _BY),
    bindparam("agency", type_=Uuid()),
    bindparam("cases", type_=ARRAY(Uuid())),
    bindparam("reasons", type_=ARRAY(Text())),
)
_LIFT: TextClause = text("select * from lift_for_licence(:ids, :due, :at, :by)").bindparams(
    _IDS, _DUE, _AT, _BY
)


def list_agencies(work: Work) -> list[OrgId]:
    """Every agency (worker)."""
    return [OrgId(one) for one in work.read(_HOLDERS).scalars()]


def list_cases(work: Work, agency: OrgId) -> list[Licensed]:
    """The cases that an agency holds, and those that rest because of its licence."""
    return [
        Licensed(
            case=CaseId(row.case_id),
            business=OrgId(row.business_id),
            country=row.country or "",
            region=row.region or "",
            debtor_type=row.debtor_type or "",
            zone=row.time_zone or "",
            held=row.held,
            hold=HoldId(row.hold_id) if row.hold_id else None,
        )
        for row in work.read(_CASES, {"agency": agency})
    ]


def stop(
    work: Work, agency: OrgId, events: Sequence[HoldPlaced], due: Sequence[datetime], reasons: Sequence[str]
) -> int:
    """Place holds, each explained by its event; gives how many were not there yet."""
    asked = {
        "agency": agency,
        "ids": [one.hold for one in events],
        "cases": [one.case for one in events],
        "due": list(due),
        "reasons": list(reasons),
    }
    placed = set(work.keep_house(_STOP, {**asked, **_by(work)}).scalars())
    for event in (one for one in events if one.case in placed):
        work.record(event)
    return len(placed)


def lift(work: Work, events: Sequence[HoldLifted], due: Sequence[datetime]) -> int:
    """End holds, each explained by its event; gives how many were still open."""
    asked = {"ids": [one.hold for one in events], "due": list(due)}
    lifted = set(work.keep_house(_LIFT, {**asked, **_by(work)}).scalars())
    for event in (one for one in events if one.hold in lifted):
        work.record(event)
    return len(lifted)


def _by(work: Work) -> dict[str, datetime | UUID]:
    return {"at": work.now, "by": work.acting.person if work.acting else NOBODY}
