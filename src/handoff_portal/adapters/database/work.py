"""The unit of work: one transaction, one `now`, one actor, no change without its event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine import Result
from sqlalchemy.sql.dml import UpdateBase

from handoff_portal.adapters.clock import new_event_id
from handoff_portal.adapters.database import bulk, leaf
from handoff_portal.adapters.database.prepared import Prepared
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.core.events import Event

_NEXT_IN_CASE = "select next_case_seq(%(case)s, %(own)s)"
_NEXT_IN_CASES = "select case_id, seq from next_case_seqs(%(cases)s, %(own)s)"


class ChangeWithoutEvent(AssertionError):
    """A store changed a row and nothing in the log would explain it; the unit of work is rolled back."""


class Collision(Exception):
    """Another unit of work got there first; this one is rolled back and may be tried again."""


@dataclass(slots=True)
class Work:
    """Everything one intention needs from the outside world.

    Attributes:
        now: The time of this work, UTC; every rule and row uses it.
        vault: Keys for sealing and opening.
        origin: Where the request came from.
        acting: Who acts; None at the front door and in jobs.
        afterwards: What to do elsewhere once this work has committed; lost if the process dies first.
        alarms: What must be written to the log even if this work is undone.
    """

    connection: Connection
    now: datetime
    vault: Vault
    origin: Origin = field(default_factory=Origin)
    acting: Actor | None = None
    afterwards: list[Callable[[], None]] = field(default_factory=list, repr=False)
    alarms: list[Event] = field(default_factory=list, repr=False)
    _unexplained: str = field(default="", repr=False)
    _cursor: psycopg.Cursor[Any] | None = field(default=None, repr=False)

    @property
    def actor(self) -> Actor:
        """The signed-in person.

        Raises:
            LookupError: This work has none; the action was called from the wrong door.
        """
        if self.acting is None:
            raise LookupError("this unit of work has no signed-in person")
        return self.acting

    def read(
        self, statement: Executable | Prepared, parameters: Mapping[str, Any] | None = None
    ) -> Result[Any]:
        """Run a query."""
        if isinstance(statement, Prepared):
            return statement.ask(self._driver(), parameters)
        if isinstance(statement, UpdateBase):
            raise TypeError("a change goes through change() or keep_house()")
        return self._run(statement, parameters)

    def change(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a statement that changes what people see; `record` must follow before the work ends."""
        self._unexplained = str(getattr(statement, "table", statement))[:80]
        return self._run(statement, parameters)

    def keep_house(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a change that says nothing about a case or a right: session touches, throttles, mail queue."""
        return self._run(statement, parameters)

    def record(self, event: Event) -> UUID:
        """Write the event into the log's queue, as the last statement of the change it explains.

        Returns:
            The event's id.
        """
        eid = new_event_id()
        sequence = None
        if event.case is not None:
            sequence = self._call(_NEXT_IN_CASE, {"case": event.case, "own": event.own})
        self._call(leaf.APPEND_SQL, self._row(event, eid, sequence))
        self._unexplained = ""
        return eid

    def alarm(self, event: Event) -> None:
        """Have an event written in a transaction of its own once this work is over, however it ends."""
        self.alarms.append(event)

    def record_all(self, events: Sequence[Event], own: UUID) -> None:
        """Write many events in one statement: what `record` does for each, for cases of one business.

        Args:
            events: Each names another case of that business.
            own: The business that owns all the cases.

        Raises:
            ValueError: A case has none or two of the events, or belongs to somebody else.
        """
        cases = [event.case for event in events if event.case is not None and event.own == own]
        if len(set(cases)) != len(events):
            raise ValueError("many events at once belong to as many different cases of one business")
        if events:
            cursor = self.connection.connection.cursor()
            cursor.execute(_NEXT_IN_CASES, {"cases": bulk.uuids(cases), "own": own})
            numbers = dict(cursor.fetchall())
            rows = [self._row(event, new_event_id(), numbers[event.case]) for event in events]
            cursor.execute(leaf.APPEND_ALL_SQL, _columns(rows))
            cursor.close()
        self._unexplained = ""

    def record_each(self, events: Sequence[Event], own: UUID) -> None:
        """The same where a case may have several events: its first ones together, then its second ones.

        Args:
            events: Those of one case in the order in which they happened.
            own: The business that owns all the cases.

        Raises:
            ValueError: An event has no case, or belongs to somebody else.
        """
        of_cases: dict[UUID | None, list[Event]] = {}
        for event in events:
            of_cases.setdefault(event.case, []).append(event)
        for turn in zip_longest(*of_cases.values()):
            self.record_all([event for event in turn if event is not None], own)

    def change_many(self, statement: str, columns: Mapping[str, Any]) -> int:
        """Run one statement that inserts or changes many rows, its parameters being columns (see `bulk`).

        Returns:
            How many rows.

        Raises:
            Collision: Somebody else inserted the same at this moment; a new unit of work may succeed.
        """
        self._unexplained = statement[:80]
        cursor = self.connection.connection.cursor()
        try:
            cursor.execute(statement, columns)
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected) as error:
            raise Collision from error
        changed = cursor.rowcount
        cursor.close()
        return changed

    def require_explained(self) -> None:
        """Refuse to end while a change has no event.

        Raises:
            ChangeWithoutEvent: Names the table or statement.
        """
        if self._unexplained:
            raise ChangeWithoutEvent(self._unexplained)

    def _run(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
    ) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)

    def _driver(self) -> psycopg.Cursor[Any]:
        """The driver's own cursor on this transaction, for what reads its whole answer at once."""
        if self._cursor is None:
            cursor: psycopg.Cursor[Any] = self.connection.connection.cursor()  # type: ignore[assignment]
            self._cursor = cursor
        return self._cursor

    def _call(self, function: str, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of any function
        """What a function of the database gives, straight from the driver: every change pays for this."""
        cursor = self._driver()
        cursor.execute(function, parameters)
        (given,) = cursor.fetchone() or (None,)
        return given

    def _row(self, event: Event, eid: UUID, sequence: int | None) -> dict[str, Any]:
        who, action, outcome = self.acting, event.action.value, event.outcome.value
        octets = leaf.encode(
            act=action,
            actor=who.person if who else None,
            at=self.now,
            case=event.case,
            cseq=sequence,
            d=event.details(),
            eid=eid,
            ip=self.origin.ip,
            org=who.org if who else None,
            own=event.own,
            out=outcome,
            req=self.origin.request_id,
            sess=who.session_hash.hex()[:16] if who else None,
        )
        return {
            "eid": eid,
            "ts": self.now,
            "kid": 1,
            "mac": leaf.mac(self.vault.system_key(SystemKey.AUDIT_MAC), octets),
            "leaf": octets,
            "org": who.org if who else None,
            "own": event.own,
            "case": event.case,
            "cseq": sequence,
            "actor": who.person if who else None,
            "action": action,
            "outcome": outcome,
        }


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows of events turned into columns; what one unit of work has in common stays single."""
    first = rows[0]
    return {
        **{name: first[name] for name in ("ts", "kid", "org", "own", "actor")},
        "eids": bulk.uuids([row["eid"] for row in rows]),
        "macs": bulk.octets([row["mac"] for row in rows]),
        "leaves": bulk.octets([row["leaf"] for row in rows]),
        "cases": bulk.uuids([row["case"] for row in rows]),
        "cseqs": bulk.numbers([row["cseq"] for row in rows]),
        "actions": bulk.texts([row["action"] for row in rows]),
        "outcomes": bulk.texts([row["outcome"] for row in rows]),
    }
