"""A signed-in browser at the desk, and what the log says of it."""

import re
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork
from builders import some_content
from handoff_portal.adapters.postgres import EmbeddedPostgres
from people import SignedIn

CUSTOMER = some_content().customer
SECRETS = (
    CUSTOMER.name,
    CUSTOMER.contact_person,
    CUSTOMER.street,
    CUSTOMER.postal_code,
    *CUSTOMER.emails,
    *CUSTOMER.phones,
)


def sign_in(client: TestClient[Litestar], person: SignedIn) -> None:
    client.cookies.clear()
    client.cookies.update(person.cookie)


def token(client: TestClient[Litestar], path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def send(client: TestClient[Litestar], at_work: AtWork, path: str, **fields: str) -> Response:
    here = f"/cases/{at_work.case}"
    fields["csrf_token"] = token(client, here)
    return client.post(here + path, data=fields, follow_redirects=False)


def reveals(postgres: EmbeddedPostgres, case: UUID) -> int:
    with postgres.administrator("portal") as connection:
        query = "select count(*) from audit_event where case_id = %s and action = 'personal_data.revealed'"
        row = connection.execute(query, (case,)).fetchone()
        assert row is not None
        return int(row[0])
