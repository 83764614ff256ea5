"""What the log costs: the same change with its event and without, the sequencer running beside."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from sqlalchemy import update

from bench.figures import Aim, Figure, in_turn, percentile
from bench.scale import Scale
from bench.world import SignedIn, a_person, a_portal, a_world, an_organisation
from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.events import CaseEdited
from handoff_portal.cases.store.rows import CASES
from handoff_portal.core.events import Code
from handoff_portal.core.permissions import OrgKind
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal

THREADS = 8
_CASES = 400
_MOST_LAG = 2.0

Change = Callable[[Work, Case], None]


def measure(scale: Scale) -> dict[str, Figure]:
    """Changes a second with the log and without, and how long events wait for their place in the tree."""
    with a_world() as world:
        environment = world.new_database("changes")
        with a_portal(environment) as portal:
            person = a_person(portal, an_organisation(portal, OrgKind.BUSINESS, "Calder Rowe"))
            some = _some_cases(portal, person)
            lags: list[float] = []
            with _sequencing(environment, lags):
                runs = {
                    "with": partial(_rate, portal, person, some, _with_event, scale.load_seconds),
                    "without": partial(_rate, portal, person, some, _without_event, scale.load_seconds),
                }
                found = in_turn(scale.rounds, runs)
    return {"changes": _changes(found["with"], found["without"]), "sequencing_lag": _lag(lags)}


def _changes(values: list[float], against: list[float]) -> Figure:
    return Figure(
        unit="changes/s",
        values=values,
        what=f"one row changed and its event recorded, one transaction each, {THREADS} threads",
        against=against,
        against_what="the same change in the same unit of work without an event",
        aim=Aim("ratio", at_least=0.6),
    )


def _lag(lags: list[float]) -> Figure:
    lags.sort()
    return Figure(
        unit="s",
        values=[percentile(lags, 0.99)],
        what="99th percentile from the begin of a change to its commit in the tree, under that load",
        aim=Aim("value", at_most=_MOST_LAG),
        more={"p50": round(percentile(lags, 0.5), 4), "longest": round(lags[-1], 4), "events": len(lags)},
    )


def _with_event(work: Work, case: Case) -> None:
    work.change(update(CASES).where(CASES.c.id == case.id).values(_turn(work)))
    work.record(CaseEdited(case=case.id, own=case.business, step=Code("owed")))


def _without_event(work: Work, case: Case) -> None:
    work.keep_house(update(CASES).where(CASES.c.id == case.id).values(_turn(work)))


def _turn(work: Work) -> dict[str, object]:
    return {"turn": "business", "turn_until": work.now + timedelta(days=7), "updated_at": work.now}


def _rate(portal: Portal, person: SignedIn, some: Sequence[Case], change: Change, seconds: float) -> float:
    """Changes a second of all threads together, each in its own transaction, of a case at random."""
    until = time.perf_counter() + seconds
    done = [0] * THREADS

    def go_on(number: int) -> None:
        draw = random.Random(number)  # noqa: S311 - spreads the load, protects nothing
        while time.perf_counter() < until:
            with portal.database.work(person.actor) as work:
                change(work, draw.choice(some))
            done[number] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def _some_cases(portal: Portal, person: SignedIn) -> list[Case]:
    with portal.database.work(person.actor) as work:
        return [cases.start_draft(work) for _ in range(_CASES)]


@contextmanager
def _sequencing(environment: Mapping[str, str], lags: list[float]) -> Iterator[None]:
    """Run the sequencer beside the block; afterwards `lags` has the waiting times in seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sequencing"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stderr is None or process.stderr.readline() != "ready\n":
            raise RuntimeError(f"the sequencer did not start: {process.communicate()[1]}")
        yield
        said, complaint = process.communicate("", timeout=60)
        if process.returncode:
            raise RuntimeError(f"the sequencer stopped: {complaint}")
        lags += json.loads(said)
    finally:
        process.kill()
        process.wait()
