"""Connections by role, and the context managers that open one unit of work through each door."""

import logging
import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.database.bell import Bell
from handoff_portal.adapters.database.prepared import Prepared
from handoff_portal.adapters.database.work import Work
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.core.events import Event
from handoff_portal.core.refusals import Unavailable

_log = logging.getLogger(__name__)
_SESSION = Prepared(text("select set_config('app.session', :session, true)"))

CONNECTIONS = 20
"""The most behind each door; as many requests are worked on at once, so that none waits for a connection."""

_UNCHANGED = "The database does not answer. Nothing was changed; try again in a minute."
_UNKNOWN = (
    "The database broke off at the last moment. Look in a minute whether your change arrived; "
    "if it did not, send it again."
)


class Door(StrEnum):
    """The database roles a running process may use, each with its own rights."""

    APP = "handoff_app"
    GATE = "handoff_gate"
    WORKER = "handoff_worker"
    SEQUENCER = "handoff_sequencer"


class Database:
    """All doors of one portal.

    Args:
        urls: SQLAlchemy address per door; a process may be given only some.
        vault: Keys; may be set after `load_system_keys` has read them.
        clock: Source of `work.now`.
        pool: Connections kept per door; as many again open when they are needed.
    """

    def __init__(
        self,
        urls: Mapping[Door, str],
        vault: Vault,
        clock: Callable[[], datetime] = utc_now,
        pool: int = CONNECTIONS // 2,
    ) -> None:
        self.vault = vault
        self.clock = clock
        self._engines = {door: _engine(url, pool) for door, url in urls.items()}
        self._bell = Bell()

    def engine(self, door: Door) -> Engine:
        """The pool behind a door; for the sequencer and health checks."""
        return self._engines[door]

    @contextmanager
    def work(self, actor: Actor) -> Iterator[Work]:
        """One transaction of a signed-in person; commits when the block ends, rolls back when it raises."""
        with self._open(Door.APP, actor.origin, actor) as work:
            work.read(_SESSION, {"session": actor.session_hash.hex()})
            yield work

    @contextmanager
    def gate(self, origin: Origin, actor: Actor | None = None) -> Iterator[Work]:
        """One transaction of the front door: sign-in, invitations, credentials."""
        with self._open(Door.GATE, origin, actor) as work:
            yield work

    @contextmanager
    def worker(self, actor: Actor | None = None) -> Iterator[Work]:
        """One transaction of a background job or command; `actor` is who ordered it, as the log shall say."""
        with self._open(Door.WORKER, actor.origin if actor else Origin(), actor) as work:
            yield work

    def answers(self) -> bool:
        """Whether the application door can run a query now."""
        try:
            with self._engines[Door.APP].connect() as connection:
                return bool(connection.execute(text("select 1")).scalar_one())
        except OperationalError:
            return False

    def close(self) -> None:
        """Give all connections back."""
        for engine in self._engines.values():
            engine.dispose()

    @contextmanager
    def _open(self, door: Door, origin: Origin, actor: Actor | None) -> Iterator[Work]:
        said_all = False
        alarms: list[Event] = []
        try:
            with self._engines[door].connect() as connection, connection.begin():
                work = Work(connection, self.clock(), self.vault, origin, actor, alarms=alarms)
                yield work
                work.require_explained()
                said_all = True
        except (OperationalError, PoolTimeout, psycopg.OperationalError) as error:
            raise Unavailable(_UNKNOWN if said_all else _UNCHANGED) from error
        finally:
            if alarms:
                self._ring(door, origin, actor, alarms)
        for step in work.afterwards:
            step()

    def _ring(self, door: Door, origin: Origin, actor: Actor | None, alarms: Sequence[Event]) -> None:
        """Write alarms to the process's own log and to the portal's, each at most once an hour."""
        now = self.clock()
        due = [one for one in dict.fromkeys(alarms) if self._bell.may_ring(one, now)]
        for one in due:
            _log.critical("%s: %s", one.action, one.details())
        try:
            with self._engines[door].connect() as connection, connection.begin():
                work = Work(connection, now, self.vault, origin, actor)
                for one in due:
                    work.record(one)
        except (OperationalError, PoolTimeout, psycopg.OperationalError):
            _log.exception("%d alarms did not reach the log", len(due))


def _engine(url: str, pool: int) -> Engine:
    options: dict[str, Any] = {
        "pool_size": pool,
        "max_overflow": pool,
        "pool_pre_ping": False,
        "pool_timeout": 10,
    }
    engine = create_engine(url, connect_args={"connect_timeout": 5}, hide_parameters=True, **options)
    event.listen(engine, "checkout", _require_alive)
    return engine


def _require_alive(connection: psycopg.Connection, record: ConnectionPoolEntry, _: object) -> None:
    """Take another connection if the server has ended this one while it was idle.

    A server that stops leaves its last word on every connection; looking for it costs no round trip.
    """
    known, record.info["known"] = "known" in record.info, True
    if known and (connection.closed or _has_word(connection.fileno())):
        raise DisconnectionError


def _has_word(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
