"""What every request can reach: the portal's parts, who is asking, the form that was sent."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects import ObjectStore
from handoff_portal.adapters.passwords import Passwords
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.core.actor import Actor, Origin, Visitor
from handoff_portal.settings import Settings
from handoff_portal.web.forms import Form


@dataclass(frozen=True, slots=True)
class Portal:
    """The running portal, made once by `app.build`.

    Attributes:
        resolve: Finds who a session token belongs to (given by `identity`, so that web need not know it).
        passwords: Hashes and verifies, as many at once as there are cores.
        anchor: Where the log's checkpoints are kept apart from the database.
        healthy: Checks of /readyz by name; each gives an empty text or what is wrong.
    """

    settings: Settings
    database: Database
    vault: Vault
    objects: ObjectStore
    anchor: ObjectStore
    resolve: Callable[[Database, bytes, Origin], Visitor]
    healthy: dict[str, Callable[[], str]]
    passwords: Passwords


class PortalRequest(Request[Any, Any, Any]):
    """A request with its portal, visitor and form."""

    @property
    def portal(self) -> Portal:
        """The running portal."""
        portal: Portal = self.app.state.portal
        return portal

    @property
    def visitor(self) -> Visitor:
        """Who is asking, as far as the front door found out."""
        visitor: Visitor = self.scope["state"]["visitor"]
        return visitor

    @property
    def actor(self) -> Actor:
        """The signed-in person.

        Raises:
            LookupError: The route is open to visitors; ask `visitor` there.
        """
        if self.visitor.actor is None:
            raise LookupError("this route has visitors who are not signed in")
        return self.visitor.actor

    @property
    def origin(self) -> Origin:
        """Where the request came from."""
        return self.visitor.origin

    @property
    def sent(self) -> Form:
        """The fields that were sent; empty on GET. Carries the errors when the form is shown again."""
        form: Form = self.scope["state"]["form"]
        return form

    @property
    def now(self) -> datetime:
        """The current time, UTC, for pages; work has its own."""
        return self.portal.database.clock()

    def work(self) -> AbstractContextManager[Work]:
        """One unit of work of the signed-in person."""
        return self.portal.database.work(self.actor)

    def gate(self) -> AbstractContextManager[Work]:
        """One unit of work at the front door (credentials, invitations)."""
        return self.portal.database.gate(self.origin, self.visitor.actor)
