"""What browsers are told about every answer, and what is refused when a form comes from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from handoff_portal.app import build
from handoff_portal.core.permissions import OrgKind
from handoff_portal.settings import ROOT
from handoff_portal.web.headers import POLICY
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation
from security.routes import Browser, Route, send
from security.world import Things, World

ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.fixture(scope="module")
def own(world: World) -> Things:
    return world.things[OrgKind.BUSINESS, "own"]


def test_the_policy_allows_no_inline_code_and_nothing_from_elsewhere() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert {directives[name] for name in ("base-uri", "object-src", "frame-ancestors")} == {"'none'"}
    assert not re.search(r"unsafe|\*|https?:", POLICY)


@pytest.mark.timeout(600)
def test_every_answer_of_every_route_carries_the_headers(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route], own: Things
) -> None:
    for route in routes:
        for name in ("anonymous", "business_admin", "operator_officer"):
            answer = send(browser, rehearsal, world[name], route, own)
            where = f"{route.method} {route.path} {name} {answer.status}"
            download = answer.headers.get("content-disposition", "").startswith("attachment")
            for header, value in ALWAYS.items():
                found = answer.headers.get(header, "")
                if header == "cache-control" and route.path.startswith(("/static/", "/audit/log/")):
                    assert "private" not in found, where
                elif header == "content-security-policy" and download:
                    assert found == "sandbox; default-src 'none'", where
                else:
                    assert found == value, f"{where}: {header}"


@pytest.mark.parametrize(
    "path", ["/nothing-here", "/cases/not-an-id", "/static/nothing.js", "/static/../app.py", "/%00"]
)
def test_errors_carry_the_headers_and_say_nothing_about_the_inside(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert not re.search(
        rf"Traceback|litestar|jinja|sqlalchemy|psycopg|{re.escape(str(ROOT))}|\.py",
        answer.text,
        re.IGNORECASE,
    )


def test_papers_leave_as_attachments_that_may_do_nothing(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    downloads = [route for route in routes if not route.unsafe and route.ids & {"document_id"}]
    downloads += [route for route in routes if route.path.endswith("/document")]
    assert len(downloads) >= 3
    for route in downloads:
        answer = send(browser, rehearsal, world["agency_admin"], route, world.things[OrgKind.AGENCY, "own"])
        assert answer.status == 200, route.path
        assert answer.headers["content-disposition"].startswith("attachment"), route.path
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


FROM_MACHINES = {"/audit/log/cosignatures"}
"""Routes that take a signed text from whoever sends it: the signature says who made it, no cookie counts."""

FOREIGN = {
    "no token": {"X-CSRF-Token": ""},
    "somebody else's token": {"X-CSRF-Token": "foreign"},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbouring site": {"Sec-Fetch-Site": "same-site"},
    "another origin": {"Sec-Fetch-Site": "none", "Origin": "https://evil.example"},
    "no origin to speak of": {"Sec-Fetch-Site": "none", "Origin": "null"},
}


@pytest.mark.parametrize("way", FOREIGN)
def test_no_unsafe_route_takes_a_form_that_came_from_elsewhere(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route], way: str
) -> None:
    headers = dict(FOREIGN[way])
    if headers.get("X-CSRF-Token") == "foreign":
        headers["X-CSRF-Token"] = world["collector"].token(rehearsal)
    personas = (
        "anonymous",
        "password_given",
        "business_admin",
        "agency_admin",
        "operator_admin",
        "operator_officer",
    )
    for route in (one for one in routes if one.unsafe and one.path not in FROM_MACHINES):
        for name in personas:
            persona = world[name]
            things = world.things[persona.kind or OrgKind.BUSINESS, "own"]
            answer = send(browser, rehearsal, persona, route, things, headers)
            at_the_door = answer.status == 303 and answer.headers["location"].startswith("/sign-in")
            assert answer.status == 403 or at_the_door, f"{route.path} {name} {answer.status}"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_does_not_turn_a_page_into_a_change(
    browser: Browser, rehearsal: Portal, world: World, own: Things, header: str
) -> None:
    route = Route("/cases/{case_id:uuid}/recall", "GET", "case_recall", "")
    answer = send(browser, rehearsal, world["business_admin"], route, own, {header: "POST"})
    assert answer.status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_other_methods_are_refused(browser: Browser, world: World, own: Things, method: str) -> None:
    cookies = dict(world["business_admin"].cookie)
    answer = browser.request(method, f"/cases/{own['case_id']}/recall", headers={"Cookie": _cookie(cookies)})
    assert answer.status_code == 405


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5c%5cevil.example\r\nX: y",
    "javascript:alert(1)",
    " //evil.example",
    "/\t/evil.example",
    "/@evil.example//",
    "https:evil.example",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_next_leads_out_of_the_portal(browser: Browser, world: World, wanted: str) -> None:
    cookie = {"Cookie": _cookie(dict(world["business_admin"].cookie))}
    answer = browser.get("/sign-in", params={"next": wanted}, headers=cookie, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_host_header_reaches_no_link(browser: Browser) -> None:
    for path in ("/", "/sign-in", "/password/forgot", "/nothing-here"):
        answer = browser.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in answer.text + str(answer.headers)


@pytest.fixture(scope="module")
def secure(portal: Portal) -> Iterator[tuple[Browser, Portal]]:
    """The same portal as it runs behind https."""
    settings = replace(portal.settings, public_url="https://portal.test")
    made = replace(portal, settings=settings)
    with TestClient(build(made), base_url="https://portal.test", raise_server_exceptions=False) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        yield client, made


def test_behind_https_every_cookie_is_bound_to_the_host(secure: tuple[Browser, Portal]) -> None:
    client, _ = secure
    first = client.get("/sign-in")
    link = client.get("/invitation/" + "A" * 43, follow_redirects=False)
    for header in first.headers.get_list("set-cookie") + link.headers.get_list("set-cookie"):
        assert header.startswith("__Host-"), header
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= _flags(header)
        assert "domain=" not in header.lower()
    assert first.headers["strict-transport-security"].startswith("max-age=63072000")


def test_on_plain_http_cookies_are_still_out_of_reach_for_scripts_and_other_sites(
    browser: Browser, world: World, rehearsal: Portal, routes: list[Route], own: Things
) -> None:
    for route in routes:
        for name in ("anonymous", "business_admin"):
            answer = send(browser, rehearsal, world[name], route, own)
            for header in answer.cookies:
                assert {"httponly", "samesite=lax"} <= _flags(header), f"{route.path}: {header}"


def test_the_session_cookie_of_the_demo_does_not_open_the_portal_behind_https(
    secure: tuple[Browser, Portal], portal: Portal
) -> None:
    client, _ = secure
    somebody: SignedIn = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    answer = client.get("/account", headers={"Cookie": _cookie(somebody.cookie)}, follow_redirects=False)
    assert answer.status_code == 303


def _cookie(values: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())


def _flags(header: str) -> set[str]:
    return {part.strip().lower() for part in header.split(";")[1:]}
