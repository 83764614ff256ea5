"""Portfolios: how fast accounts become cases, beside COPY of the same bytes into bare tables."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count as _count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench import portfolio_files as files
from bench.figures import Aim, Figure
from bench.resident import watched
from bench.scale import Scale
from bench.world import SignedIn, World, a_person, a_portal, a_world, an_organisation
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.intake.actions.policies import change_policy
from handoff_portal.intake.model.policy import Policy
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.showing import load_portfolio
from handoff_portal.portfolios.actions.uploading import receive_bytes, send_portfolio, start_portfolio
from handoff_portal.portfolios.model.portfolio import Portfolio
from handoff_portal.web.portal import Portal

_TABLES = (
    "cases",
    "case_grant",
    "case_customer",
    "claim",
    "ledger_entry",
    "communication",
    "judgement",
    "audit_event",
    "audit_queue",
    "case_counter",
)
_PIECE = 1 << 20
_AT_LEAST, _SHARE, _MIB, _GROWTH, _PREVIEW = 5000, 0.15, 400, 1.2, 15
_name = _count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """What one portfolio took.

    Attributes:
        said: What `bench.importing` printed.
        bare: Seconds of COPY of the same rows into bare tables; 0 if that was not measured.
        server: Processor seconds of PostgreSQL while committing.
        memory: MiB of the worker and its children together at the worst moment.
    """

    accounts: int
    said: dict[str, Any]
    bare: float
    server: float
    memory: float

    @property
    def rate(self) -> float:
        """Accounts a second, committing."""
        return float(self.accounts / self.said["commit"]["seconds"])

    @property
    def whole(self) -> float:
        """Accounts a second, from the uploaded file to the last case."""
        return float(self.accounts / (self.said["commit"]["seconds"] + self.said["check"]["seconds"]))

    def more(self) -> dict[str, Any]:
        """Processor seconds per 1,000 accounts, and the parts."""
        thousands = self.accounts / 1000
        return {
            "accounts": self.accounts,
            "check_seconds": round(self.said["check"]["seconds"], 2),
            "commit_seconds": round(self.said["commit"]["seconds"], 2),
            "check_processor_per_1000": round(self.said["check"]["processor"] / thousands, 4),
            "commit_processor_per_1000": round(self.said["commit"]["processor"] / thousands, 4),
            "server_processor_per_1000": round(self.server / thousands, 4),
        }


def measure(scale: Scale) -> dict[str, Figure]:
    """Commit a small, a usual and a large portfolio, and look at the preview of another."""
    small, usual, large = scale.accounts
    with a_world() as world:
        preview = _preview(world, usual)
        runs = {size: list[Run]() for size in (small, usual, large)}
        for _ in range(scale.rounds // 2):
            for size, taken in runs.items():
                taken.append(_run(world, size, bare=size == usual))
    main = runs[usual]
    largest = max(run.memory for taken in runs.values() for run in taken)
    return {
        "portfolio": Figure(
            "accounts/s",
            [run.rate for run in main],
            "from approval to receipt: accounts compared with known ones, sealed, granted, logged, committed",
            [usual / run.bare for run in main],
            "COPY of the same rows into tables without indexes, keys or policies",
            Aim("ratio", at_least=_SHARE),
            sorted(main, key=lambda run: run.rate)[len(main) // 2].more(),
        ),
        "portfolio rate": Figure(
            "accounts/s",
            [run.rate for run in main],
            "the same, by itself",
            aim=Aim("value", at_least=_AT_LEAST),
        ),
        "portfolio from file to case": Figure(
            "accounts/s",
            [run.whole for run in main],
            "the same with its checking: read, validated, judged, staged",
            aim=Aim("value", at_least=_AT_LEAST),
        ),
        "portfolio growth": Figure(
            "times",
            [few.rate / many.rate for few, many in zip(runs[small], runs[large], strict=True)],
            f"rate of {small} accounts over the rate of {large}",
            aim=Aim("value", at_most=_GROWTH),
            more={str(size): [round(run.rate) for run in taken] for size, taken in runs.items()},
        ),
        "portfolio memory": Figure(
            "MiB",
            [largest],
            "the worker, its reader and its helpers together, at the worst moment",
            aim=Aim("value", at_most=_MIB),
        ),
        "portfolio preview": Figure(
            "s", [preview], f"until the preview of {usual} rows is there", aim=Aim("value", at_most=_PREVIEW)
        ),
    }


def _run(world: World, size: int, *, bare: bool) -> Run:
    name = f"portfolio_{next(_name)}"
    environment = world.new_database(name)
    with a_portal(environment) as portal:
        person = _person(portal)
        today = portal.database.clock().date()
        made = _upload(portal, person, files.accounts(size, today), files.history(size, today))
        with _worker(environment) as worker, watched(worker.pid) as peak:
            _until_checked(worker)
            with portal.database.work(person.actor) as work:
                approve(work, made)
            before = _server_processor(world)
            said = json.loads(worker.communicate("commit\n")[0])
            server = _server_processor(world) - before
        _require_all(portal, person, made, size)
    copied = _bare(world, name) if bare else 0.0
    world.drop_database(name)
    return Run(size, said, copied, server, peak.mib)


def _preview(world: World, rows: int) -> float:
    name = f"portfolio_{next(_name)}"
    environment = world.new_database(name)
    with a_portal(environment) as portal:
        person = _person(portal)
        _upload(portal, person, files.accounts(rows, portal.database.clock().date(), invoices=1))
        with _worker(environment) as worker:
            _until_checked(worker)
            said = json.loads(worker.communicate("\n")[0])
    world.drop_database(name)
    return float(said["check"]["seconds"])


def _person(portal: Portal) -> SignedIn:
    """Somebody whose policy these accounts hold."""
    person = a_person(portal, an_organisation(portal, OrgKind.BUSINESS, "Kestrel Field"))
    with portal.database.work(person.actor) as work:
        change_policy(work, replace(Policy(), needs_contract=False, checks=frozenset()))
    return person


def _upload(portal: Portal, person: SignedIn, *contents: Iterator[bytes]) -> PortfolioId:
    places = Places(portal.database, portal.objects, 1 << 40)
    with portal.database.work(person.actor) as work:
        made = start_portfolio(work)
    for name, pieces in zip(("accounts.csv", "history.csv"), contents, strict=False):
        receive_bytes(places, person.actor, made, name, pieces)
    with portal.database.work(person.actor) as work:
        send_portfolio(work, made)
    return made


def _worker(environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.importing"],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until_checked(worker: "subprocess.Popen[str]") -> None:
    line = worker.stderr.readline() if worker.stderr else ""
    if line.strip() != "checked":
        raise RuntimeError(f"the worker ended: {line}{worker.communicate()[1]}")


def _require_all(portal: Portal, person: SignedIn, made: PortfolioId, size: int) -> None:
    with portal.database.work(person.actor) as work:
        found: Portfolio = load_portfolio(work, made)
    if found.done.made != size:
        raise RuntimeError(f"of {size} accounts {found.done} became cases")


def _bare(world: World, name: str) -> float:
    """Seconds of COPY of everything that was committed, through one connection."""
    seconds = 0.0
    with world.postgres.administrator(name) as connection:
        for table in _TABLES:
            with tempfile.TemporaryFile(dir=world.folder) as kept:
                _copy_out(connection, table, kept)
                kept.seek(0)
                _statement(connection, "create table {bare} (like {table})", table)
                started = time.monotonic()
                command = _named("copy {bare} from stdin (format binary)", table)
                with connection.cursor() as cursor, cursor.copy(command) as copy:
                    while piece := kept.read(_PIECE):
                        copy.write(piece)
                seconds += time.monotonic() - started
    return seconds


def _copy_out(connection: "psycopg.Connection[Any]", table: str, kept: Any) -> None:  # noqa: ANN401 - a file
    command = _named("copy (select * from {table}) to stdout (format binary)", table)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for piece in copy:
            kept.write(piece)


def _statement(connection: "psycopg.Connection[Any]", text: str, table: str) -> None:
    connection.execute(_named(text, table))


def _named(text: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(bare=sql.Identifier(f"bare_{table}"), table=sql.Identifier(table))


def _server_processor(world: World) -> float:
    """Processor seconds of this server so far: its running processes, and those that it has outlived."""
    (kept,) = world.folder.rglob("postmaster.pid")
    postmaster = kept.read_text(encoding="utf-8").split()[0]
    used = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = process.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if process.parent.name == postmaster:
            used += sum(map(int, parts[11:15]))
        elif parts[1] == postmaster:
            used += sum(map(int, parts[11:13]))
    return used / os.sysconf("SC_CLK_TCK")
