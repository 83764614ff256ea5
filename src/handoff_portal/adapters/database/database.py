"""Connections by role, and the context managers that open one unit of work through each door."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.database.work import Work
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.core.refusals import Unavailable

_SESSION = text("select set_config('app.session', :session, true)")


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
        pool: Connections kept per door.
    """

    def __init__(
        self,
        urls: Mapping[Door, str],
        vault: Vault,
        clock: Callable[[], datetime] = utc_now,
        pool: int = 10,
    ) -> None:
        self.vault = vault
        self.clock = clock
        self._engines = {door: _engine(url, pool) for door, url in urls.items()}

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
    def worker(self) -> Iterator[Work]:
        """One transaction of a background job or command."""
        with self._open(Door.WORKER, Origin(), None) as work:
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
        try:
            connection = self._engines[door].connect()
        except OperationalError as error:
            raise Unavailable(
                "The database does not answer. Nothing was changed; try again in a minute."
            ) from error
        with connection, connection.begin():
            work = Work(connection, self.clock(), self.vault, origin, actor)
            yield work
            work.require_explained()


def _engine(url: str, pool: int) -> Engine:
    options: dict[str, Any] = {
        "pool_size": pool,
        "max_overflow": pool,
        "pool_pre_ping": False,
        "pool_timeout": 10,
    }
    return create_engine(url, connect_args={"connect_timeout": 5}, hide_parameters=True, **options)
