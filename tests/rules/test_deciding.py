"""What waits for the officer stands on their home page, and what nobody tried cannot be scheduled."""

from datetime import timedelta

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.guard.actions import deciding
from handoff_portal.guard.actions.checking import check_next
from handoff_portal.guard.actions.deciding import Sent, read_upload
from handoff_portal.guard.actions.rules import list_waiting
from handoff_portal.guard.untrusted import yaml_reader
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation
from rule_files import PAST, a_rule_file, tried, uploaded

Browser = TestClient[Litestar]


def schedule(portal: Portal, officer: SignedIn, version: str, days: int = 30) -> None:
    with portal.database.work(officer.actor) as work:
        at = work.now + timedelta(days=days)
        deciding.schedule(work, version, at, "Asia/Singapore", reason="A house policy.", seen=True)


def home(browser: Browser, somebody: SignedIn) -> str:
    browser.cookies.clear()
    browser.cookies.update(somebody.cookie)
    return browser.get("/").text


def test_a_file_with_mistakes_is_not_there_to_be_scheduled(changing: Portal, officer: SignedIn) -> None:
    broken = a_rule_file("2030.1.1", "  - id: ODD\n    kind: houers\n")
    read = read_upload(yaml_reader().parse, Sent("rules.yaml", broken))
    with changing.database.work(officer.actor) as work:
        assert isinstance(deciding.upload(work, read), tuple)
    with pytest.raises(NotFound):
        schedule(changing, officer, "2030.1.1")


def test_a_file_is_scheduled_only_after_its_whole_trial(changing: Portal, officer: SignedIn) -> None:
    uploaded(changing, officer.actor, a_rule_file("2030.1.2"))
    with pytest.raises(WrongState, match="been checked"):
        schedule(changing, officer, "2030.1.2")
    assert check_next(changing.database, PAST)
    with pytest.raises(WrongState, match="been checked"):
        schedule(changing, officer, "2030.1.2")
    tried(changing)
    schedule(changing, officer, "2030.1.2", days=3000)


def test_the_database_refuses_to_schedule_what_nobody_tried(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    uploaded(changing, officer.actor, a_rule_file("2030.1.3"))
    forced = "update guard_rules set state = 'scheduled', effective_at = now(), zone = 'UTC', decided_by = %s"
    with postgres.administrator("rules") as connection, pytest.raises(psycopg.Error, match="do not go from"):
        connection.execute(f"{forced} where version = '2030.1.3'".encode(), (officer.actor.person,))


def test_the_officers_home_lists_rule_files_that_wait(
    changing: Portal, officer: SignedIn, browser: Browser
) -> None:
    with changing.database.work(officer.actor) as work:
        for left in list_waiting(work):  # by other tests
            deciding.withdraw(work, left.version)
    uploaded(changing, officer.actor, a_rule_file("2030.2.1"))
    assert "Being tried on last month" in home(browser, officer)
    tried(changing)
    shown = home(browser, officer)
    assert 'href="/rules/2030.2.1/checks"' in shown
    assert "Decide from when" in shown
    assert "Nothing waits for you" not in shown
    schedule(changing, officer, "2030.2.1", days=4000)
    assert "Takes effect" in home(browser, officer)
    with changing.database.work(officer.actor) as work:
        deciding.withdraw(work, "2030.2.1")
    assert "/rules/2030.2.1/checks" not in home(browser, officer)


@pytest.mark.parametrize(
    ("kind", "role"),
    [(OrgKind.OPERATOR, Role.OPERATOR_ADMIN), (OrgKind.AGENCY, Role.COMPLIANCE_OFFICER)],
)
def test_nobody_elses_home_lists_them(
    changing: Portal, officer: SignedIn, browser: Browser, kind: OrgKind, role: Role
) -> None:
    uploaded(changing, officer.actor, a_rule_file(f"2030.3.{kind.value}"))
    somebody = a_person(changing, an_organisation(changing, kind), role)
    assert "Contact rules on their way" not in home(browser, somebody)
