"""A dishonest administrator of the database: writes any row, and has none of the portal's keys."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import LiteralString, TypeAlias
from uuid import UUID

import psycopg
from psycopg import sql

from handoff_portal.core.actor import Origin
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.web.portal import Portal
from identity.walks import Browsing, Enrolled

Open: TypeAlias = Callable[..., Browsing]


@dataclass
class Rogue:
    """A superuser without triggers and foreign keys in the way."""

    connection: psycopg.Connection

    def run(self, statement: str, *values: object) -> int:
        """Run any statement; gives how many rows it touched."""
        return self.connection.execute(statement.encode(), values).rowcount

    def change(self, table: str, change: LiteralString, values: Mapping[str, object]) -> None:
        """Change columns of the row whose id is among the values."""
        statement = sql.SQL("update {} set {} where id = %(id)s")
        self.connection.execute(statement.format(sql.Identifier(table), sql.SQL(change)), values)

    def refused(self, table: str, row: UUID) -> int:
        """How many events say that this row was refused."""
        found = self.connection.execute(
            "select count(*) from audit_event where action = 'row.refused' and outcome = 'refused' "
            "and convert_from(leaf, 'UTF8')::json -> 'd' ->> 'table' = %s "
            "and convert_from(leaf, 'UTF8')::json -> 'd' ->> 'row' = %s",
            (table, str(row)),
        ).fetchone()
        assert found
        return int(found[0])


def signed_in(browsing: Open, who: Enrolled) -> Browsing:
    """A browser in which somebody is signed in."""
    browser = browsing()
    browser.sign_in(who)
    assert inside(browser)
    return browser


def inside(browser: Browsing) -> bool:
    """Whether the portal takes this browser for somebody."""
    return browser.get("/account", follow=False).status_code == 200


def session_of(house: Portal, browser: Browsing) -> UUID:
    """The id of a browser's session."""
    actor = resolve(house.database, token_of(browser.session), Origin()).actor
    assert actor
    return actor.session


def token_of(cookie: str) -> bytes:
    """The token in a session cookie."""
    return urlsafe_b64decode(cookie + "=")
