"""A database as large as wanted: real keys, really sealed content, every index, written with COPY.

One business has a fifth of all cases. Rows bypass the actions, nothing else does: every grant opens, every
sealed column opens, references are found by their blind index.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from uuid import uuid4

import psycopg
from psycopg import sql

from bench.world import World
from handoff_portal.adapters.vault.blind import BlindIndex, Rule
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure, OrgKey
from handoff_portal.cases.actions.cases import REFERENCE_COLUMN
from handoff_portal.cases.model.case import CaseState, DebtorType, Turn
from handoff_portal.cases.model.content import Customer, Heading, Terms
from handoff_portal.cases.model.particulars import ClaimWords, Particulars
from handoff_portal.core.ids import ClaimId
from handoff_portal.core.references import reference_of

_PROCESSES = 2
_TABLES = ("cases", "case_grant", "claim", "ledger_entry")
_STATES = (
    *(CaseState.HELD,) * 10,
    *(CaseState.READY,) * 4,
    *(CaseState.OFFERED,) * 3,
    *(CaseState.CLOSED,) * 3,
)
_TURNS = (Turn.BUSINESS, Turn.AGENCY, Turn.AGENCY, Turn.NOBODY)
_PLACES = (("SG", "Asia/Singapore", "SGD"), ("GB", "Europe/London", "GBP"), ("AU", "Australia/Sydney", "AUD"))
_RESTING = 0.03
_NAMES = ("Kopi Corner", "Harbour Print", "Lim Wei Ling", "Tan Motors", "Redhill Dental", "A. Okafor")

_COLUMNS = {
    "cases": "id, business_id, reference, state, holder_id, turn, turn_until, debtor_type, country, region,"
    " currency, claim_type, time_zone, oldest_due_on, principal, interest, reference_index, sealed_heading,"
    " sealed_identity, sealed_terms, rests_until, created_by, created_at, updated_at, submitted_at",
    "case_grant": "case_id, org_id, key_version, wrapped, granted_at",
    "claim": "id, case_id, business_id, position, kind, currency, issued_on, due_on, principal",
    "ledger_entry": "id, case_id, business_id, kind, currency, principal, effective_on, recorded_at,"
    " recorded_by, source_id",
}


@dataclass(frozen=True, slots=True)
class Share:
    """What one process writes.

    Attributes:
        dsn: Database, as its administrator.
        businesses: Keys of those who own cases; the first owns a fifth.
        agencies: Keys of those who hold cases; the first holds a fifth of what is held.
        index_root: Root key of the blind indexes.
        until: Newest time in a row.
    """

    dsn: str
    count: int
    seed: int
    businesses: Sequence[OrgKey]
    agencies: Sequence[OrgKey]
    index_root: bytes
    until: datetime


def fill(world: World, name: str, count: int, share: Share) -> None:
    """Write `count` cases of this kind into the database, by several processes, and gather statistics."""
    with world.postgres.administrator(name) as connection, _without_indexes(connection):
        parts = [count // _PROCESSES + (number < count % _PROCESSES) for number in range(_PROCESSES)]
        shares = [
            Share(
                connection.info.dsn,
                part,
                number,
                share.businesses,
                share.agencies,
                share.index_root,
                share.until,
            )
            for number, part in enumerate(parts)
        ]
        with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
            list(pool.map(write, shares))
    with world.postgres.administrator(name) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")


def write(share: Share) -> None:
    """Write one share, some thousand cases at a time."""
    draw = random.Random(share.seed)  # noqa: S311 - spreads values, protects nothing
    maker = _Maker(share, draw)
    with psycopg.connect(share.dsn, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        left = share.count
        while left:
            some = min(left, 5000)
            lines: dict[str, list[str]] = {table: [] for table in _TABLES}
            for _ in range(some):
                maker.add(lines)
            for table in _TABLES:
                _copy(connection, table, lines[table])
            left -= some


class _Maker:
    """Draws cases."""

    def __init__(self, share: Share, draw: random.Random) -> None:
        self._share, self._draw = share, draw
        self._blind = BlindIndex(share.index_root)
        self._terms = Terms(contract_reference="C-2024-118", clause="8.2", relationship="Nine years")
        self._customers = {name: _customer(name).encode() for name in _NAMES}
        self._words = ClaimWords("2026-0001", "Delivery of March")
        self._author = uuid4()

    def add(self, lines: dict[str, list[str]]) -> None:
        """Add the rows of one case, in COPY's text form."""
        draw, case_id = self._draw, uuid4()
        owner = _one_of(draw, self._share.businesses)
        state = draw.choice(_STATES)
        holder = _one_of(draw, self._share.agencies) if state is CaseState.HELD else None
        key = CaseKey.new(case_id, owner.org_id)
        updated = self._share.until - timedelta(seconds=draw.randrange(86_400, 365 * 86_400))
        for grantee in filter(None, (owner, holder)):
            wrapped = _octets(key.wrap_for(grantee))
            lines["case_grant"].append(_line(case_id, grantee.org_id, 1, wrapped, updated))
        minor, (country, zone, currency) = draw.randrange(5_000, 900_000), draw.choice(_PLACES)
        due, claim = date(2026, 1, 1) + timedelta(days=draw.randrange(200)), ClaimId(uuid4())
        lines["cases"].append(
            _line(
                case_id, owner.org_id, reference_of(case_id), state, holder and holder.org_id,
                draw.choice(_TURNS), updated + timedelta(days=14), draw.choice(list(DebtorType)), country, "",
                currency, "unpaid_invoice", zone, due, minor, minor // 50, *self._sealed(key, claim),
                "infinity" if draw.random() < _RESTING else None,
                self._author, updated - timedelta(days=30), updated, updated - timedelta(days=20),
            )
        )  # fmt: skip
        lines["claim"].append(_line(claim, case_id, owner.org_id, 0, "invoice", currency, due, due, minor))
        lines["ledger_entry"].append(
            _line(uuid4(), case_id, owner.org_id, "claim", currency, minor, due, updated, self._author, claim)
        )

    def _sealed(self, key: CaseKey, claim: ClaimId) -> Iterator[str]:
        """Blind index, heading, identity, and terms with the words of the claim."""
        said = Particulars(self._terms, {claim: self._words})
        number = f"INV-{self._draw.getrandbits(60):015x}"
        name = self._draw.choice(_NAMES)
        yield _octets(self._blind.of(key.owner, REFERENCE_COLUMN, number, Rule.IDENTIFIER))
        yield _octets(key.seal(Disclosure.IDENTITY, "heading", Heading(name, number).encode()))
        yield _octets(key.seal(Disclosure.IDENTITY, "identity", self._customers[name]))
        yield _octets(key.seal(Disclosure.FINANCIAL, "terms", said.encode()))


def _customer(name: str) -> Customer:
    return Customer(
        name, DebtorType.COMPANY, "Lim Wei", "", "12 Tras Street", "Singapore", "079002", "", "SG",
        ("accounts@kopi.example",), ("+6560000001",),
    )  # fmt: skip


def _one_of(draw: random.Random, keys: Sequence[OrgKey]) -> OrgKey:
    return keys[0] if draw.random() < 0.2 else draw.choice(keys[1:])  # noqa: PLR2004 - the fifth named above


def _octets(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _line(*values: object) -> str:
    return "\t".join("\\N" if value is None else str(value) for value in values)


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", table: str, lines: list[str]) -> None:
    command = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(",").join(map(sql.Identifier, _COLUMNS[table].split(", ")))
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write("\n".join(lines) + "\n")


@contextmanager
def _without_indexes(connection: "psycopg.Connection[tuple[str, str]]") -> Iterator[None]:
    """Drop the indexes that no constraint stands on and make them anew after the block: much faster."""
    found = connection.execute(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index i"
        " where indrelid = any(%s::regclass[])"
        " and not exists (select from pg_constraint c where c.conindid = i.indexrelid)",
        (list(_TABLES),),
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(name)))
    yield
    connection.execute("set maintenance_work_mem = '512MB'")
    for _, definition in found:
        connection.execute(definition.encode())
