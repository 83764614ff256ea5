"""Rows of what the contact guard looks at: contacts in clear, facts, overrides, flags."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import (
    ARRAY,
    RowMapping,
    Uuid,
    any_,
    bindparam,
    column,
    insert,
    select,
    table,
    text,
    update,
)

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import Direction, Party
from handoff_portal.contacts.model.facts import (
    ContactFact,
    ContactFactEnded,
    ContactFactRecorded,
    FactKind,
    Terms,
)
from handoff_portal.contacts.model.guarding import Row
from handoff_portal.contacts.store.communications import COMMUNICATION
from handoff_portal.core.ids import CaseId, ContactFactId, OrgId
from handoff_portal.guard.model.terms import Outcome, Where

FACT = table(
    "contact_fact",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "org_id",
            "kind",
            "happened_on",
            "key_version",
            "sealed",
            "recorded_at",
            "recorded_by",
            "ended_on",
            "ended_by",
        ),
    ),
)
_ROW = ("occurred_at", "channel", "direction", "party", "place", "outcome")
_CASES = bindparam("cases", type_=ARRAY(Uuid()))
_OWN = Prepared(
    select(COMMUNICATION.c.case_id, *(COMMUNICATION.c[name] for name in _ROW))
    .where(
        COMMUNICATION.c.case_id == any_(_CASES),
        COMMUNICATION.c.occurred_at >= bindparam("since"),
        COMMUNICATION.c.outcome.is_not(None),
        COMMUNICATION.c.party != Party.REPRESENTATIVE.value,
    )
    .order_by(COMMUNICATION.c.occurred_at)
)
_OTHERS = Prepared(
    text(
        f"select wanted.case_id, {', '.join(_ROW)} from unnest(:cases) wanted(case_id),"  # noqa: S608 - names of columns
        " contacts_with_customer(wanted.case_id, :since) other"
    ).bindparams(_CASES)
)
_FACTS = Prepared(select(FACT).where(FACT.c.case_id == any_(_CASES)).order_by(FACT.c.recorded_at, FACT.c.id))


def list_rows(work: Work, cases: Sequence[CaseId], since: datetime) -> dict[CaseId, list[Row]]:
    """Contacts with the customer in each of these cases and in the customer's others, nothing opened."""
    asked = {"cases": list(cases), "since": since}
    found: dict[CaseId, list[Row]] = {case: [] for case in cases}
    for own, query in ((True, _OWN), (False, _OTHERS)):
        for row in work.read(query, asked).mappings():
            found[CaseId(row["case_id"])].append(row_of(row, own=own))
    return found


def add(work: Work, case: Case, key: CaseKey, made: ContactFact, event: ContactFactRecorded) -> None:
    """Insert a fact."""
    work.change(
        insert(FACT).values(
            id=made.id,
            case_id=case.id,
            business_id=case.business,
            org_id=made.org,
            kind=made.kind.value,
            happened_on=made.happened_on,
            key_version=key.version,
            sealed=key.seal(Disclosure.MESSAGES, "contact_fact", made.terms.encode(), made.id),
            recorded_at=made.recorded_at,
            recorded_by=work.actor.person,
        )
    )
    work.record(event)


def end(work: Work, fact: ContactFact, day: date, event: ContactFactEnded) -> None:
    """Say that a fact does not count any more."""
    values = {"ended_on": day, "ended_by": work.actor.person}
    work.change(update(FACT).where(FACT.c.id == fact.id, FACT.c.ended_on.is_(None)).values(values))
    work.record(event)


def list_all(work: Work, case: CaseId, key: CaseKey) -> list[ContactFact]:
    """The facts of a case, oldest first."""
    return list_of(work, {case: key})[case]


def list_of(work: Work, keys: Mapping[CaseId, CaseKey]) -> dict[CaseId, list[ContactFact]]:
    """The facts of each of these cases, oldest first."""
    found: dict[CaseId, list[ContactFact]] = {case: [] for case in keys}
    for row in work.read(_FACTS, {"cases": list(keys)}).mappings():
        case = CaseId(row["case_id"])
        found[case].append(_read(row, keys[case]))
    return found


def row_of(row: RowMapping, *, own: bool) -> Row:
    """A contact out of its clear columns."""
    kinds = _kinds(row["channel"], row["direction"], row["party"], row["place"], row["outcome"])
    return Row(row["occurred_at"], *kinds, own=own)


@lru_cache(maxsize=1024)
def _kinds(
    channel: str, direction: str, party: str, place: str | None, outcome: str
) -> tuple[Channel, Direction, Party, Where | None, Outcome]:
    """What kind of contact it was; thousands of contacts are of a few kinds."""
    where = Where(place) if place else None
    return Channel(channel), Direction(direction), Party(party), where, Outcome(outcome)


def _read(row: RowMapping, key: CaseKey) -> ContactFact:
    return ContactFact(
        id=ContactFactId(row["id"]),
        org=OrgId(row["org_id"]),
        kind=FactKind(row["kind"]),
        happened_on=row["happened_on"],
        recorded_at=row["recorded_at"],
        terms=Terms.decode(key.open(Disclosure.MESSAGES, "contact_fact", row["sealed"], row["id"])),
        ended_on=row["ended_on"],
    )
