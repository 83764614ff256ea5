"""While events do not reach the log, officers see it, and after an hour guarded actions stop."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.audit.actions.keeping import Keeper, log_key
from handoff_portal.audit.model import AuditVerified
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation


def sequence(portal: Portal) -> None:
    key = log_key(portal.vault, portal.settings.log_name)
    while Keeper(portal.database, key, portal.anchor).round():
        pass


@pytest.fixture
def waiting(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Leaves an event in the queue that has waited for so many minutes."""
    sequence(portal)
    clock = portal.database.clock

    def wait(minutes: int) -> None:
        with monkeypatch.context() as earlier:
            earlier.setattr(portal.database, "clock", lambda: clock() - timedelta(minutes=minutes))
            with portal.database.worker() as work:
                work.record(AuditVerified(problems=0, size=0))

    yield wait
    sequence(portal)


@pytest.mark.parametrize(
    ("minutes", "tone", "words"),
    [
        (2, "hp-tone-warn", "is the worker running?"),
        (16, "hp-tone-bad", "must be looked at now"),
        (61, "hp-tone-bad", "closed until the worker runs again"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/audit"])
def test_officers_see_that_the_log_lags(
    portal: Portal,
    client: TestClient[Litestar],
    waiting: Callable[[int], None],
    path: str,
    minutes: int,
    tone: str,
    words: str,
) -> None:
    waiting(minutes)
    officer = a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)
    client.cookies.update(officer.cookie)
    shown = client.get(path).text
    assert f"has waited {minutes} minutes" in shown
    assert words in shown
    assert f'class="hp-note {tone}"' in shown


def test_guarded_actions_stop_when_the_log_has_stood_still_for_an_hour(
    portal: Portal, client: TestClient[Litestar], waiting: Callable[[int], None]
) -> None:
    operator = an_organisation(portal, OrgKind.OPERATOR)
    officer = a_person(portal, operator, Role.COMPLIANCE_OFFICER)
    administrator = a_person(portal, operator, Role.OPERATOR_ADMIN)
    waiting(59)
    client.cookies.update(officer.cookie)
    assert client.get("/audit/export").status_code == 200
    sequence(portal)
    waiting(61)
    answer = client.get("/audit/export")
    assert answer.status_code == 503
    assert "has not reached the signed log for more than an hour" in answer.text
    token = token_for(portal.vault.system_key(SystemKey.COOKIE), officer.actor.session_hash)
    sent = {"csrf_token": token, "purpose": "audit"}
    assert client.post("/audit/export", data=sent).status_code == 503
    assert client.post("/step-up", data={"csrf_token": token, "code": "123456"}).status_code == 503
    assert client.get("/audit").status_code == 200
    client.cookies.clear()
    client.cookies.update(administrator.cookie)
    assert client.get("/people/invite").status_code == 503
    assert client.get("/people").status_code == 200
    sequence(portal)
    assert client.get("/people/invite").status_code == 200
