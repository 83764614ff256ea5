"""The log's sequencer as a process of its own, which also notes how long each event waited.

`python -m bench.sequencing`, settings from the environment; runs until its standard input closes, then prints
the waiting times of all events in seconds as JSON.
"""

import json
import select
import sys
from datetime import datetime

import psycopg
from sqlalchemy.engine import make_url

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.app import build_portal
from handoff_portal.audit.sequencer import Sequencer
from handoff_portal.settings import read

REST_SECONDS = 0.2
_WRITTEN = (
    "select e.ts from audit_leaf l join audit_event e on e.id = l.event_id where l.idx >= %s and l.idx < %s"
)


def run() -> list[float]:
    """Sequence until the parent closes our input; give each event's seconds until its place in the tree."""
    settings = read()
    portal = build_portal(settings)
    sequencer = Sequencer({1: portal.vault.system_key(SystemKey.AUDIT_MAC)}, _alarm)
    lags: list[float] = []
    url = make_url(settings.sequencer_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        size = sequencer.run_once(connection, utc_now()).root.size
        sys.stderr.write("ready\n")
        sys.stderr.flush()
        while not select.select([sys.stdin], [], [], 0)[0]:
            batch = sequencer.run_once(connection, utc_now())
            lags += _waited(connection, size, batch.root.size, utc_now())
            size = batch.root.size
            if not batch.taken:
                select.select([sys.stdin], [], [], REST_SECONDS)
    portal.database.close()
    return lags


def _waited(
    connection: "psycopg.Connection[tuple[datetime]]", start: int, stop: int, done: datetime
) -> list[float]:
    if start == stop:
        return []
    return [(done - ts).total_seconds() for (ts,) in connection.execute(_WRITTEN, (start, stop))]


def _alarm(said: str) -> None:
    raise RuntimeError(said)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run()))
