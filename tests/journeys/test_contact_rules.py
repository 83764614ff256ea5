"""An officer uploads a stricter rule file, sees what it would have blocked, schedules it; then it judges."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from at_work import a_case_at_work
from contact_steps import log
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.web.portal import Portal
from journeys.visiting import Site
from own_portal import a_portal_of_its_own, opened
from rule_files import a_rule_file, an_officer, tried
from served import served

WITH_MISTAKES = a_rule_file(
    "2026.15.0", "  - id: BROKEN\n    kind: houers\n", changed=("limit: 7", "limit: many")
)
OWN_VECTOR = b"""vectors:
  - id: HOUSE-CALLS-1
    jurisdiction: SG
    debtor_time_zones: [Asia/Singapore]
    debt_type: commercial
    proposed: {at: '2026-11-18T04:00:00Z', channel: call}
    expected: blocked
    rule: HOUSE-SG-NO-CALLS
"""


@pytest.fixture(scope="module")
def own(postgres: EmbeddedPostgres, migrated: str) -> Iterator[tuple[Portal, dict[str, str]]]:
    """A portal whose rules may change."""
    with (
        a_portal_of_its_own(postgres, migrated, "rules_journey") as environment,
        opened(environment) as portal,
    ):
        yield portal, environment


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_a_stricter_file_is_uploaded_tried_scheduled_and_then_judges(
    own: tuple[Portal, dict[str, str]], chromium: Browser, tmp_path: Path
) -> None:
    portal, environment = own
    at_work = a_case_at_work(portal)
    for hours in (2, 3, 4):
        at = portal.database.clock() - timedelta(minutes=hours)
        log(at_work, at_work.agency.actor, Disposition.NA, occurred_at=at, received_as=ReceivedAs.NOT_REACHED)
    officer = an_officer(portal)
    broken, stricter, vectors = (
        tmp_path / "broken.yaml",
        tmp_path / "stricter.yaml",
        tmp_path / "vectors.yaml",
    )
    broken.write_bytes(WITH_MISTAKES)
    stricter.write_bytes(a_rule_file("2026.15.1"))
    vectors.write_bytes(OWN_VECTOR)
    with served(environment) as server:
        site = Site(chromium, f"http://127.0.0.1:{server.port}")
        visitor = site.signed_in(officer)
        page = visitor.page
        visitor.open("/rules")
        page.get_by_role("link", name="Upload a rule file").click()
        page.locator("#f-rules").set_input_files(broken)
        visitor.press("Read it and try it")
        visitor.check()
        assert "has 2 mistakes" in visitor.text()
        assert "rule BROKEN, kind" in visitor.text()
        page.locator("#f-rules").set_input_files(stricter)
        page.locator("#f-vectors").set_input_files(vectors)
        visitor.press("Read it and try it")
        visitor.check()
        assert "Being tried" in visitor.text()
        tried(portal)
        page.get_by_text("3 of 3 contacts would have been blocked").wait_for()
        visitor.open("/rules/2026.15.1/checks")
        assert at_work.agency.actor.org_name in page.locator("#contacts").inner_text()
        assert "HOUSE-CALLS-1" in page.locator("#vectors").inner_text()
        visitor.open("/rules/2026.15.1/differences")
        assert "HOUSE-SG-NO-CALLS" in visitor.text()
        visitor.open("/rules/2026.15.1/checks")
        if page.locator("#f-seen").count():
            page.locator("#f-seen").check()
            page.locator("#f-reason").fill("The vectors stand for the older policy.")
        visitor.press("Put it into force now")
        visitor.check()
        assert "In force" in visitor.text()
        agency = site.signed_in(at_work.agency)
        agency.open("/rules")
        assert "2026.15.1" in agency.text()
        agency.open("/rules/2026.15.1?q=singapore+call")
        assert "In Singapore we write and do not call" in agency.text()
        site.close()
    entry = {"occurred_at": portal.database.clock(), "channel": Channel.CALL}
    judged = log(at_work, at_work.agency.actor, Disposition.NA, received_as=ReceivedAs.NOT_REACHED, **entry)
    assert "HOUSE-SG-NO-CALLS" in judged.blocked_by
