"""Workers killed while they give events their place: nothing is lost, doubled or left out."""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from faults.processes import a_worker, named, wait_until, wait_until_gone
from faults.soundness import one, require_whole_log, rounds
from handoff_builders import a_business
from handoff_portal.adapters.clock import new_id
from handoff_portal.cases.actions import cases
from handoff_portal.core.ids import DocumentId
from handoff_portal.documents.model import DocumentRead
from handoff_portal.web.portal import Portal

_log = logging.getLogger(__name__)
WORKER = "fault-worker"
_AT_IT = (
    "select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid "
    "where l.locktype = 'advisory' and l.granted and a.application_name = %s"
)
_SIZE = "select coalesce(max(size), 0) from audit_root"


@contextmanager
def writing(portal: Portal, hands: int = 2) -> Iterator[list[UUID]]:
    """Some hands write events about their cases; gives the ids of those that were committed, as they come."""
    stop, written = threading.Event(), list[UUID]()

    def write() -> None:
        business = a_business(portal)
        with portal.database.work(business.actor) as work:
            case = cases.start_draft(work)
        while not stop.is_set():
            with portal.database.work(business.actor) as work:
                event = DocumentRead(case=case.id, own=case.business, document=DocumentId(new_id()))
                eid = work.record(event)
            written.append(eid)
            stop.wait(0.01)

    threads = [threading.Thread(target=write) for _ in range(hands)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_worker_killed_in_mid_sequencing_loses_and_doubles_nothing(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection
) -> None:
    chance = random.Random(11)  # noqa: S311 - moments, not secrets
    seen: Counter[str] = Counter()
    with writing(portal) as written:
        for _ in range(rounds(3)):
            size = one(administrator, _SIZE)
            with a_worker(named(environment, WORKER)) as worker:
                wait_until(lambda: one(administrator, _AT_IT, WORKER), step=0.002)
                time.sleep(chance.random() * 0.03)
                worker.kill()
            wait_until_gone(administrator, WORKER)
            seen["undone" if one(administrator, _SIZE) == size else "done"] += 1
    _log.info("%d kills, %d events; batches were %s", rounds(3), len(written), dict(seen))
    require_whole_log(portal, administrator)
    query = "select count(*) from audit_leaf l join audit_event e on e.id = l.event_id where e.eid = any(%s)"
    assert one(administrator, query, written) == len(set(written)) == len(written)
