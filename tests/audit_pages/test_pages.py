"""The officer's pages: search, picture, check, export that a stranger verifies."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient

from handoff_builders import a_held_case
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.app import build
from handoff_portal.audit.actions.keeping import Keeper, log_key
from handoff_portal.audit.verify import verify_bundle
from handoff_portal.cases.actions import cases
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.store.organisations import load_organisation
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal
from own_portal import a_portal_of_its_own, opened
from people import SignedIn, a_person, an_organisation


def an_officer(portal: Portal) -> SignedIn:
    return a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)


def token(portal: Portal, who: SignedIn) -> str:
    return token_for(portal.vault.system_key(SystemKey.COOKIE), who.actor.session_hash)


def sequence(portal: Portal) -> None:
    key = log_key(portal.vault, portal.settings.log_name)
    while Keeper(portal.database, key, portal.anchor).round():
        pass


def test_the_officer_finds_the_steps_of_a_case(portal: Portal, client: TestClient[Litestar]) -> None:
    held = a_held_case(portal)
    client.cookies.update(an_officer(portal).cookie)
    shown = client.get("/audit", params={"case": held.case.reference})
    assert shown.status_code == 200
    for words in ("Case drafted", "Case offered", "Case accepted", "Grant made", held.case.reference):
        assert words in shown.text
    assert "Kopi" not in shown.text


def test_a_business_sees_its_own_slice_only(portal: Portal, client: TestClient[Litestar]) -> None:
    held, other = a_held_case(portal), a_held_case(portal)
    organisation = held.business.actor.org
    with portal.database.worker() as work:
        business = load_organisation(work, organisation)
    officer = a_person(portal, business, Role.COMPLIANCE_OFFICER)
    client.cookies.update(officer.cookie)
    assert held.case.reference in client.get("/audit").text
    assert other.case.reference not in client.get("/audit").text
    found = client.get("/audit", params={"case": other.case.reference})
    assert "Nothing like that in the log" in found.text


def test_a_draft_that_was_discarded_is_found_by_its_reference(
    portal: Portal, client: TestClient[Litestar]
) -> None:
    clerk = a_person(portal, an_organisation(portal, OrgKind.BUSINESS), Role.BUSINESS_MEMBER)
    with portal.database.work(clerk.actor) as work:
        draft = cases.start_draft(work)
        kept = cases.start_draft(work)
    with portal.database.work(clerk.actor) as work:
        cases.discard_draft(work, cases.load_case(work, draft.id, lock=True))
    client.cookies.update(an_officer(portal).cookie)
    shown = client.get("/audit", params={"case": draft.reference}).text
    assert "Case drafted" in shown
    assert "Case discarded" in shown
    assert kept.reference not in shown


def test_a_search_that_cannot_be_read_says_how(portal: Portal, client: TestClient[Litestar]) -> None:
    client.cookies.update(an_officer(portal).cookie)
    shown = client.get("/audit", params={"case": "nonsense", "since": "31/12/2026", "person": "x"})
    assert shown.status_code == 200
    assert "looks like HP-" in shown.text


def test_an_export_is_checked_by_a_stranger(
    portal: Portal, client: TestClient[Litestar], tmp_path: Path
) -> None:
    held = a_held_case(portal)
    officer = an_officer(portal)
    client.cookies.update(officer.cookie)
    form = {"csrf_token": token(portal, officer), "purpose": "audit", "case": held.case.reference}
    answer = client.post("/audit/export", data=form)
    assert answer.status_code == 200, answer.text[:2000]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    path = tmp_path / "log.zip"
    path.write_bytes(answer.content)
    vkey = log_key(portal.vault, portal.settings.log_name).verifier.vkey()
    verdict = verify_bundle(path, [vkey])
    assert (verdict.code, verdict.problem) == (0, "")
    assert verdict.entries >= 5
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        script = tmp_path / "verify.py"
        script.write_bytes(bundle.read("verify.py"))
        assert b"Kopi" not in bundle.read("entries.csv")
    stranger = subprocess.run(
        [sys.executable, "-I", script, path, "--vkey", vkey], capture_output=True, text=True, check=False
    )
    assert stranger.returncode == 0, stranger.stdout + stranger.stderr


def test_an_export_needs_a_purpose(portal: Portal, client: TestClient[Litestar]) -> None:
    officer = an_officer(portal)
    client.cookies.update(officer.cookie)
    answer = client.post("/audit/export", data={"csrf_token": token(portal, officer)})
    assert answer.status_code == 422
    assert "Please choose one" in answer.text


def test_a_collector_does_not_read_the_log(portal: Portal, client: TestClient[Litestar]) -> None:
    who = a_person(portal, an_organisation(portal, OrgKind.AGENCY), Role.COLLECTOR)
    client.cookies.update(who.cookie)
    assert client.get("/audit").status_code == 403


def test_everybody_can_read_how_to_check(client: TestClient[Litestar]) -> None:
    shown = client.get("/audit/how")
    assert shown.status_code == 200
    assert "verify.py" in shown.text


def test_the_check_finds_the_log_whole(postgres: EmbeddedPostgres, migrated: str) -> None:
    with a_portal_of_its_own(postgres, migrated, "whole_log") as environment, opened(environment) as portal:
        a_held_case(portal)
        sequence(portal)
        officer = an_officer(portal)
        with TestClient(build(portal), base_url="http://portal.test") as client:
            client.headers["Sec-Fetch-Site"] = "same-origin"
            client.cookies.update(officer.cookie)
            answer = client.post("/audit/check", data={"csrf_token": token(portal, officer)})
    assert answer.status_code == 200
    assert "The log is whole" in answer.text, answer.text
