"""How people walk through the pages of signing in."""

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from ipaddress import ip_address
from itertools import count

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from handoff_portal.adapters import totp
from handoff_portal.adapters.database import Door
from handoff_portal.adapters.mail.outbox import OUTBOX, Waiting, open_values
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.enrolment import enrol_directly
from handoff_portal.identity.actions.invitations import invite
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.model.organisation import Organisation
from handoff_portal.web.portal import Portal
from people import DEFAULT_ROLE, an_organisation

GOOD = "quiet marble otter lantern"
BETTER = "seven cobalt violins dreaming"
_number = count(1)
_address = count(1)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251 - begins at the real time

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass(frozen=True)
class Enrolled:
    """Somebody who can sign in."""

    person: PersonId
    organisation: Organisation
    email: str
    secret: bytes
    codes: tuple[str, ...]
    password: str = GOOD

    def code(self, at: datetime) -> str:
        return totp.code_at(self.secret, at)


@dataclass
class Browsing:
    """One browser. All browsers of a test share the client and take turns with their own cookies."""

    client: TestClient[Litestar]
    house: Portal
    address: str = ""
    last: Response | None = None
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        if not self.address:
            self.address = str(ip_address("10.0.0.0") + next(_address))

    def _turn(self) -> TestClient[Litestar]:
        self.client.cookies.jar = self.jar
        self.client.headers["X-Address"] = self.address
        return self.client

    def carry(self, token: str) -> None:
        """Hold a session that was found elsewhere."""
        self._turn().cookies.set("s", token, domain="portal.test")

    def get(self, path: str, *, follow: bool = True) -> Response:
        self.last = self._turn().get(path, follow_redirects=follow)
        return self.last

    def post(self, path: str, *, follow: bool = True, page: str = "", **fields: str | list[str]) -> Response:
        """Send a form as the last page, or the page named, would."""
        if page:
            self.get(page)
        assert self.last is not None
        token = _TOKEN.search(self.last.text)
        assert token, self.last.text[:2000]
        data = {"csrf_token": token.group(1), **fields}
        self.last = self._turn().post(path, data=data, follow_redirects=follow)
        return self.last

    @property
    def session(self) -> str:
        return self._turn().cookies.get("s") or ""

    def give_password(self, email: str, password: str = GOOD) -> Response:
        return self.post("/sign-in", page="/sign-in", email=email, password=password)

    def sign_in(self, who: Enrolled, password: str = "") -> Response:
        self.give_password(who.email, password or who.password)
        return self.give_code(who.code(self.house.database.clock()))

    def give_code(self, code: str) -> Response:
        return self.post("/sign-in/code", code=code)

    def step_up(self, who: Enrolled) -> Response:
        return self.post("/step-up", page="/step-up", code=who.code(self.house.database.clock()))


def an_address() -> str:
    return f"walker{next(_number)}@example.net"


def an_invitation(
    house: Portal, kind: OrgKind = OrgKind.BUSINESS, *roles: Role, organisation: Organisation | None = None
) -> tuple[Organisation, str, bytes]:
    """Organisation, address and token of somebody who was invited."""
    organisation = organisation or an_organisation(house, kind)
    email = an_address()
    granted = frozenset(roles or {DEFAULT_ROLE[kind]})
    with house.database.worker() as work:
        token = invite(work, organisation.id, email, "Ines Tan", granted)
    return organisation, email, token


def somebody(
    house: Portal, kind: OrgKind = OrgKind.BUSINESS, *roles: Role, organisation: Organisation | None = None
) -> Enrolled:
    """Somebody who was invited and has enrolled."""
    organisation, email, token = an_invitation(house, kind, *roles, organisation=organisation)
    made = enrol_directly(house.database, house.passwords, token, GOOD)
    secret = base64.b32decode(made.totp_secret)
    return Enrolled(made.person, organisation, email, secret, made.recovery_codes)


def mails_of(house: Portal, person: PersonId) -> list[str]:
    """Templates of the mails that this person was or will be sent, oldest first."""
    query = OUTBOX.select().where(OUTBOX.c.person_id == person).order_by(OUTBOX.c.created_at)
    with house.database.worker() as work:
        return [row.template for row in work.read(query)]


def actions_of(house: Portal, person: PersonId) -> list[str]:
    """What stands in the log about this person, oldest first."""
    query = text("select action from audit_event where leaf like :person order by id")
    with house.database.engine(Door.SEQUENCER).connect() as connection:
        return list(connection.execute(query, {"person": f"%{person}%".encode()}).scalars())


def link_of(house: Portal, person: PersonId, template: str) -> str:
    """The path in the newest mail of this kind."""
    return value_of(house, person, template, "link")


def value_of(house: Portal, person: PersonId, template: str, name: str) -> str:
    """What the newest mail of this kind carries under a name."""
    query = (
        OUTBOX.select()
        .where(OUTBOX.c.person_id == person, OUTBOX.c.template == template)
        .order_by(OUTBOX.c.created_at.desc())
        .limit(1)
    )
    with house.database.worker() as work:
        row = work.read(query).one()
        waiting = Waiting(row.id, row.person_id, "", row.template, row.sealed, row.created_at, row.attempts)
        return open_values(work, waiting)[name]


def new_secret_of(page: str) -> bytes:
    """The secret that a page shows to those who cannot scan it."""
    found = re.search(r'id="qr-secret">([A-Z2-7 ]+)<', page)
    assert found, page[:2000]
    return base64.b32decode(found[1].replace(" ", ""))


def invitation_path(token: bytes) -> str:
    return f"/invitation/{encode_token(token)}"
