"""Rows that only this portal can have written: what gives rights carries an HMAC of the portal's own.

Whoever can write to the database can insert and change rows, but does not have the `row-mac` key. A row whose
code is missing or wrong counts as not there, and an event says so. What is covered and what is not stands in
docs/decisions/signed-rows.md.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from handoff_portal.adapters.database.work import Work
from handoff_portal.adapters.vault.seal import prefixed
from handoff_portal.adapters.vault.vault import SystemKey, Vault
from handoff_portal.core.events import Action, Code, Event, Outcome

_LABEL = b"handoff/row/v1\x00"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Values = Mapping[Any, Any]


@dataclass(frozen=True, kw_only=True)
class RowRefused(Event):
    """A row that would have given rights was not written by this portal, or was changed by somebody else.

    Attributes:
        table: Whose row; the part after a dot is the part of the row.
        row: Its id, or the person's where the table has none of its own.
    """

    action: ClassVar[Action] = Action.ROW_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    table: Code
    row: UUID


@dataclass(frozen=True, slots=True)
class Signed:
    """Which columns of a table are signed together, and where the code stands.

    Attributes:
        name: Part of what is signed: a code of one table never fits another.
        columns: In this order for ever; another set of columns needs another name.
        code: The column that holds the HMAC.
        key: The column that names the row in events.
    """

    name: str
    columns: tuple[str, ...]
    code: str = "mac"
    key: str = "id"

    @property
    def needed(self) -> tuple[str, ...]:
        """What a query must select so that `genuine` can tell."""
        return (*self.columns, self.code)

    def sign(self, vault: Vault, values: Values) -> bytes:
        """32 bytes: HMAC-SHA-256 under the `row-mac` key; a column that is left out counts as NULL."""
        return _code(vault, self.name, map(values.get, self.columns))


def genuine(work: Work, signed: Signed, row: Values, prefix: str = "", /, **asked: object) -> bool:
    """Whether this portal wrote the row as it stands; if not, an event says so whatever becomes of this work.

    Args:
        work: Any door.
        signed: What is signed of such rows.
        row: At least the columns of `signed.needed`.
        prefix: Stands before each column's name in the row.
        asked: What the query asked for, by column: a database that answers with another row is not believed.
    """
    made = row[prefix + signed.code]
    wanted = _code(work.vault, signed.name, [row[prefix + name] for name in signed.columns])
    answered = all(row[prefix + name] == value for name, value in asked.items())
    if answered and made is not None and hmac.compare_digest(made, wanted):
        return True
    work.alarm(RowRefused(table=Code(signed.name), row=row[prefix + signed.key]))
    return False


def _code(vault: Vault, name: str, values: Iterable[object]) -> bytes:
    parts = [_LABEL, prefixed(name.encode()), *[prefixed(_octets(value)) for value in values]]
    return hmac.digest(vault.system_key(SystemKey.ROW_MAC), b"".join(parts), "sha256")


def _octets(value: object) -> bytes:
    """One value as bytes that no value of another type has: a letter for the type, then the value."""
    write = _WRITTEN.get(type(value))
    if write is None:
        raise TypeError(f"{type(value).__name__} cannot be signed")
    return write(value)


_WRITTEN: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"-",
    str: lambda text: b"s" + text.encode(),
    UUID: lambda uuid: b"u" + uuid.bytes,
    datetime: lambda moment: b"t%d" % ((moment - _EPOCH) // _MICROSECOND),
    bytes: lambda octets: b"b" + octets,
    int: lambda number: b"i%d" % number,
    list: lambda parts: b"l" + b"".join([prefixed(_octets(part)) for part in parts]),
}

ORGANISATION = Signed(
    "organisation",
    ("id", "kind", "name", "country", "time_zone", "currency", "sector", "created_at", "closed_at"),
)
PERSON = Signed("person", ("id", "org_id", "email", "name", "roles", "state", "role_version"))
PASSWORD = Signed(
    "person.password", ("id", "password_hash", "pepper_kid", "password_changed_at"), "password_mac"
)
SESSION = Signed(
    "session",
    (
        "id",
        "token_hash",
        "person_id",
        "org_id",
        "stage",
        "created_at",
        "stepped_up_at",
        "idle_expires_at",
        "expires_at",
    ),
)
INVITATION = Signed("invitation", ("id", "org_id", "person_id", "token_hash", "created_at", "expires_at"))
RESET = Signed("password_reset", ("token_hash", "person_id", "created_at", "expires_at"), key="person_id")
TOTP = Signed(
    "totp",
    ("person_id", "sealed", "last_counter", "confirmed_at", "candidate", "candidate_at"),
    key="person_id",
)
RECOVERY_CODE = Signed("recovery_code", ("person_id", "code_hash"), key="person_id")
