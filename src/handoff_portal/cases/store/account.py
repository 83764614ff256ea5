"""Rows of claims and of the account."""

from sqlalchemy import RowMapping, bindparam, column, insert, select, table, update
from sqlalchemy import case as when

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case
from handoff_portal.cases.model.content import Claim, ClaimKind
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.cases.store.rows import CASES
from handoff_portal.core.events import Event
from handoff_portal.core.ids import CaseId, ClaimId, EntryId

_BUCKETS = ("costs", "interest", "fees", "principal")
CLAIM = table(
    "claim",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "position",
            "kind",
            "currency",
            "issued_on",
            "due_on",
            *_BUCKETS,
        ),
    ),
)
ENTRY = table(
    "ledger_entry",
    *map(
        column,
        (
            "id",
            "case_id",
            "business_id",
            "kind",
            "currency",
            "effective_on",
            "recorded_at",
            "recorded_by",
            "source_id",
            *_BUCKETS,
        ),
    ),
)
_WORDS = select(CASES.c.sealed_terms).where(CASES.c.id == bindparam("case")).scalar_subquery()
_CLAIMS = Prepared(
    select(CLAIM, when((CLAIM.c.position == 0, _WORDS)).label("sealed"))
    .where(CLAIM.c.case_id == bindparam("case"))
    .order_by(CLAIM.c.position)
)
_ENTRIES = Prepared(
    select(ENTRY).where(ENTRY.c.case_id == bindparam("case")).order_by(ENTRY.c.recorded_at, ENTRY.c.id)
)


def add_claims(work: Work, case: Case, claims: tuple[Claim, ...], event: Event) -> None:
    """Insert the claims of a submitted case; their words are sealed with its terms."""
    rows = [
        {
            "id": claim.id,
            "case_id": case.id,
            "business_id": case.business,
            "position": position,
            "kind": claim.kind.value,
            "currency": case.currency,
            "issued_on": claim.issued_on,
            "due_on": claim.due_on,
            **_parts(claim.balance),
        }
        for position, claim in enumerate(claims)
    ]
    if rows:
        work.change(insert(CLAIM), rows)
    work.record(event)


def list_claims(work: Work, case: CaseId, key: CaseKey) -> list[Claim]:
    """The claims of a case in the order they were given.

    Raises:
        Tampered: They are not those whose words were sealed: one came or went since.
    """
    rows = work.read(_CLAIMS, {"case": case}).mappings().all()
    if not rows:
        return []
    sealed = rows[0]["sealed"]
    said = Particulars.decode(key.open(Disclosure.FINANCIAL, "terms", sealed)).claims if sealed else {}
    if said.keys() != {row["id"] for row in rows}:
        raise Tampered
    return [
        Claim(
            id=ClaimId(row["id"]),
            kind=ClaimKind(row["kind"]),
            number=said[row["id"]].number,
            description=said[row["id"]].description,
            issued_on=row["issued_on"],
            due_on=row["due_on"],
            balance=_balance(row),
        )
        for row in rows
    ]


def post(work: Work, case: Case, entry: Entry, event: Event) -> None:
    """Write an entry and move the balance of the case by it, at once."""
    work.change(
        insert(ENTRY).values(
            id=entry.id,
            case_id=case.id,
            business_id=case.business,
            kind=entry.kind.value,
            currency=case.currency,
            effective_on=entry.effective_on,
            recorded_at=entry.recorded_at,
            recorded_by=work.actor.person,
            source_id=entry.source,
            **_parts(entry.change),
        )
    )
    moved = {name: CASES.c[name] + change for name, change in _parts(entry.change).items()}
    work.change(update(CASES).where(CASES.c.id == case.id).values(**moved, updated_at=work.now))
    work.record(event)


def list_entries(work: Work, case: CaseId) -> list[Entry]:
    """The account of a case, oldest first."""
    return [
        Entry(
            EntryId(row["id"]),
            EntryKind(row["kind"]),
            _balance(row),
            row["effective_on"],
            row["recorded_at"],
            row["source_id"],
        )
        for row in work.read(_ENTRIES, {"case": case}).mappings()
    ]


def _parts(balance: Balance) -> dict[str, int]:
    return {name: getattr(balance, name) for name in _BUCKETS}


def _balance(row: RowMapping) -> Balance:
    return Balance(**{name: row[name] for name in _BUCKETS})
