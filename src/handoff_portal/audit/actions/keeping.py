"""Keeping the log going: sequencing, checkpoints, anchors, and the numbers of its health."""

import logging

from handoff_portal.adapters.database import Database
from handoff_portal.adapters.database.raw import sequencing
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.audit import note, store
from handoff_portal.audit.checkpoints import Anchor, LogKey, keep, newest_anchored, require_contains
from handoff_portal.audit.inspection import inspect
from handoff_portal.audit.model import Alarm, Waiting
from handoff_portal.audit.reconciliation import unexplained
from handoff_portal.audit.sequencer import MOST_EVENTS, Sequencer

_log = logging.getLogger(__name__)
LATE_SECONDS = 60.0
_ALARM_WORDS = {
    Alarm.WARN: "is the worker running?",
    Alarm.PAGE: "the worker must be looked at now; after an hour exports, roles and licences are closed",
    Alarm.BLOCK: "exports, roles, licences and sign-in methods are closed until the worker runs again",
}
KEY_NUMBER = 1


def log_key(vault: Vault, name: str) -> LogKey:
    """The log's key under its name, which stands in every checkpoint and never changes."""
    origin, signer = f"{name}/audit/1", vault.signer(SystemKey.CHECKPOINT_SIGNING)
    retired = tuple(note.Verifier(origin, note.ED25519, public) for public in signer.retired)
    return LogKey(origin, signer.public, signer.sign, retired)


def mac_keys(vault: Vault) -> dict[int, bytes]:
    """The keys that prove who wrote an event, by their number in the rows."""
    return {KEY_NUMBER: vault.system_key(SystemKey.AUDIT_MAC)}


class Keeper:
    """The worker's duty on the log; any number may run, one at a time gets through.

    Args:
        database: Its sequencer's door is used.
        key: Name and key of the log.
        anchor: Keeps checkpoints where the database's administrator cannot change them.
    """

    def __init__(self, database: Database, key: LogKey, anchor: Anchor) -> None:
        self._database, self._key, self._anchor = database, key, anchor
        self._sequencer = Sequencer(mac_keys(database.vault), _log.critical)
        self._has_compared = False

    def round(self) -> bool:
        """Sequence what waits, sign when due, anchor; gives whether more waits already.

        The first round compares the log with the newest checkpoint kept elsewhere.

        Raises:
            TreeMismatch: The database was rolled back or rewritten; nothing is added or signed.
        """
        with sequencing(self._database) as connection:
            if not self._has_compared:
                require_contains(connection, self._key, newest_anchored(self._anchor))
                self._has_compared = True
            taken = keep(connection, self._sequencer, self._key, self._anchor, self._database.clock())
        return taken >= MOST_EVENTS


def health(database: Database) -> Waiting:
    """How much waits since when, and how much is signed."""
    with sequencing(database) as connection:
        return store.waiting(connection)


def freshness(database: Database) -> str:
    """What is wrong with the log for /readyz; empty when it is fresh."""
    found = health(database)
    now = database.clock()
    if found.quarantined:
        return f"{found.quarantined} events are in quarantine"
    if alarm := _ALARM_WORDS.get(found.alarm(now)):
        return f"the oldest event has waited {found.queue_age(now) / 60:.0f} minutes; {alarm}"
    if found.checkpoint_age(now) > 3 * LATE_SECONDS:
        return f"the newest checkpoint is {found.checkpoint_age(now):.0f} seconds old; is the worker running?"
    return ""


def check_everything(database: Database, key: LogKey, anchor: Anchor) -> list[str]:
    """Rebuild the whole tree from the events and compare; one sentence for each thing that is wrong.

    Then ask of every case whether its last event explains its state.
    """
    with sequencing(database) as connection:
        found = inspect(connection, mac_keys(database.vault), key, newest_anchored(anchor))
    return found + unexplained(database)
