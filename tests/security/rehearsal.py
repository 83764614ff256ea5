"""A portal on the real database whose work is undone as it ends, so that any request may be tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from typing_extensions import override

from handoff_portal.adapters.database import Database, Door, Work
from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.web.portal import Portal


class RehearsedDatabase(Database):
    """Every rule, policy and constraint holds; nothing stays."""

    @contextmanager
    @override
    def _open(self, door: Door, origin: Origin, actor: Actor | None) -> Iterator[Work]:
        with super()._open(door, origin, actor) as work:
            undone = work.connection.begin_nested()
            try:
                yield work
            finally:
                undone.rollback()


class KeptObjects(FileStore):
    """Objects on disk of which none goes away: the row that would have said so is undone too."""

    @override
    def delete(self, key: str) -> None:
        """Keep it."""


def rehearsed(portal: Portal) -> Portal:
    """The same portal, without consequences in the database; close its database after use."""
    settings = portal.settings
    urls = {
        Door.APP: settings.app_url,
        Door.GATE: settings.gate_url,
        Door.WORKER: settings.worker_url,
        Door.SEQUENCER: settings.sequencer_url,
    }
    database = RehearsedDatabase(urls, portal.vault, portal.database.clock)
    objects = KeptObjects(Path(settings.objects.removeprefix("file:")))
    return replace(portal, database=database, objects=objects)
