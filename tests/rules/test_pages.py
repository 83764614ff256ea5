import re
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import a_case_at_work
from contact_steps import log
from handoff_portal.core.permissions import OrgKind
from handoff_portal.guard.book import SHIPPED, shipped_book, shipped_rules
from handoff_portal.guard.model.rulefile import KINDS
from handoff_portal.guard.model.terms import Effect, Force
from handoff_portal.guard.model.wording import EFFECT_WORDS, FORCE_WORDS, KIND_WORDS, kind_of, numbers_of
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation, without_a_fresh_code
from rule_files import a_rule_file, in_force, tried, uploaded

Browser = TestClient[Litestar]


def as_(browser: Browser, somebody: SignedIn) -> Browser:
    browser.cookies.clear()
    browser.cookies.update(somebody.cookie)
    return browser


def token(browser: Browser, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert found, path
    return found[1]


def send(browser: Browser, content: bytes, vectors: bytes = b"") -> tuple[int, str, str]:
    """Upload the way a browser without scripts does; status, text and where it leads."""
    files: list[tuple[str, tuple[str | None, str | bytes]]] = [
        ("csrf_token", (None, token(browser, "/rules/new"))),
        ("rules", ("rules.yaml", content) if content else ("", b"")),
        ("vectors", ("vectors.yaml", vectors) if vectors else ("", b"")),
    ]
    answer = browser.post("/rules/new", files=files, follow_redirects=False)
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def post(browser: Browser, version: str, act: str, **fields: str) -> tuple[int, str]:
    page, path = f"/rules/{version}/checks", f"/rules/{version}/{act}"
    fields = {"csrf_token": token(browser, page), **fields}
    answer = browser.post(path, data=fields, follow_redirects=False)
    return answer.status_code, answer.text


def test_everybody_reads_the_rules_with_their_sources(changing: Portal, browser: Browser) -> None:
    for kind in OrgKind:
        as_(browser, a_person(changing, an_organisation(changing, kind)))
        found = browser.get(f"/rules/{SHIPPED}", params={"q": "1006.14", "place": "US", "kind": "frequency"})
        assert "US-FREQ-7IN7" in found.text
        assert "12 CFR 1006.14" in found.text
        assert "US-HOURS-KNOWN" not in found.text
        assert browser.get(f"/rules/{SHIPPED}/file").content == shipped_rules()
    assert (
        "Upload a rule file"
        not in as_(browser, a_person(changing, an_organisation(changing, kind))).get("/rules").text
        or kind is OrgKind.OPERATOR
    )


def test_rules_are_found_by_what_stands_behind_them(changing: Portal, browser: Browser) -> None:
    as_(browser, a_person(changing, an_organisation(changing, OrgKind.AGENCY)))
    found = browser.get(f"/rules/{SHIPPED}", params={"standing": "house"}).text
    assert "HOUSE-B2B-HOURS" in found
    assert 'id="US-HOURS"' not in found
    assert "No rule fits" in browser.get(f"/rules/{SHIPPED}", params={"q": "nowhere at all"}).text


def test_all_mistakes_of_a_file_come_back_at_once(browser: Browser, officer: SignedIn) -> None:
    as_(browser, officer)
    broken = a_rule_file("nine", "  - id: ODD\n    kind: houers\n", changed=("limit: 7", "limit: many"))
    status, text, _ = send(browser, broken, b"vectors:\n  - id: V\n    jurisdiction: SG\n")
    assert status == 422
    for where in ("rule ODD, kind", "US-FREQ-7IN7, says, limit", "vector V, debt_type"):
        assert where in text
    status, text, _ = send(browser, b"")
    assert status == 422
    assert "Choose the rule file" in text
    status, text, _ = send(browser, b"a: &b [1, *b]")
    assert "aliases" in text
    status, text, _ = send(browser, b"#" * (1024 * 1024 + 1))
    assert status == 422
    assert "larger than 1 MB" in text


def test_an_upload_is_followed_to_its_schedule_without_scripts(
    changing: Portal, browser: Browser, officer: SignedIn
) -> None:
    as_(browser, officer)
    status, _, place = send(browser, a_rule_file("2027.1.1"))
    assert (status, place) == (303, "/rules/2027.1.1/checks")
    assert "Being tried" in browser.get(place).text
    tried(changing)
    text = browser.get(place).text
    assert "fails" in text
    assert "Newly blocked" in text
    at = (changing.database.clock() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    status, text = post(browser, "2027.1.1", "schedule", when="later", effective_at=at)
    assert status == 422
    assert "Say why these vectors may fail" in text
    fields = {"seen": "yes", "reason": "A house policy.", "when": "later", "effective_at": at}
    assert post(browser, "2027.1.1", "schedule", **fields)[0] == 303
    shown = browser.get("/rules").text
    assert "Scheduled" in shown
    assert "A house policy." in browser.get(place).text
    assert post(browser, "2027.1.1", "withdraw")[0] == 303
    assert "Withdrawn" in browser.get("/rules").text


def test_without_a_fresh_code_the_page_asks_for_one(
    changing: Portal, browser: Browser, officer: SignedIn
) -> None:
    uploaded(changing, officer.actor, a_rule_file("2027.1.2"))
    tried(changing)
    as_(browser, without_a_fresh_code(changing, officer))
    assert "/step-up?next=/rules/2027.1.2/checks" in browser.get("/rules/2027.1.2/checks").text


def test_a_file_in_force_is_compared_with_the_one_before_it(
    changing: Portal, browser: Browser, officer: SignedIn
) -> None:
    looser = a_rule_file("2027.1.3", "", changed=("mon-sun: 08:00-21:00", "mon-sun: 07:00-22:00"))
    in_force(changing, officer.actor, looser)
    as_(browser, a_person(changing, an_organisation(changing, OrgKind.BUSINESS)))
    text = browser.get("/rules/2027.1.3/differences").text
    assert "mon-sun 08:00 to 21:00" in text
    assert "mon-sun 07:00 to 22:00" in text
    assert browser.get("/rules/2027.1.3/file").content == looser


@pytest.mark.parametrize("path", ["", "/file", "/differences"])
def test_drafts_are_the_operators(changing: Portal, browser: Browser, officer: SignedIn, path: str) -> None:
    version = f"2027.2.{len(path)}"
    uploaded(changing, officer.actor, a_rule_file(version))
    as_(browser, a_person(changing, an_organisation(changing, OrgKind.AGENCY)))
    assert browser.get(f"/rules/{version}{path}").status_code == 404
    assert browser.get("/rules/new").status_code == 403


def test_no_personal_data_stands_in_what_was_found(
    changing: Portal, browser: Browser, officer: SignedIn
) -> None:
    at_work = a_case_at_work(changing)
    log(at_work, at_work.agency.actor)
    uploaded(changing, officer.actor, a_rule_file("2027.3.1"))
    tried(changing)
    text = as_(browser, officer).get("/rules/2027.3.1/checks").text
    assert at_work.look(at_work.agency.actor).reference in text
    assert "CANARY" not in text


def test_every_kind_of_rule_and_all_that_stands_behind_one_has_words() -> None:
    assert set(KIND_WORDS) == set(KINDS)
    assert set(FORCE_WORDS) == set(Force)
    assert set(EFFECT_WORDS) == set(Effect)
    for rule in shipped_book().rules.rules:
        assert KIND_WORDS[kind_of(rule)]
        assert all(value for _, value in numbers_of(rule))
