"""Small promises that no other place proves."""

import re

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient
from sqlalchemy import text

from handoff_portal.app import _require_declared
from handoff_portal.core.permissions import OrgKind
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation
from security.routes import Browser, Route, send
from security.world import World

STATIC = ROOT / "src" / "handoff_portal" / "web" / "static"


def test_a_route_that_says_nothing_keeps_the_portal_from_starting() -> None:
    @get("/silent", sync_to_thread=False)
    def silent() -> None:
        return None

    with pytest.raises(RuntimeError, match="/silent"):
        _require_declared(Litestar([silent], openapi_config=None))


def test_scripts_keep_nothing_in_the_browser() -> None:
    for path in STATIC.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|\.innerHTML\b|\beval\(", source
        ), path


def test_htmx_may_neither_evaluate_nor_leave_nor_remember() -> None:
    found = re.search(r'name="htmx-config" content=\'([^\']+)\'', _base())
    assert found, "the page's settings of htmx are gone"
    for setting in (
        '"allowEval":false',
        '"allowScriptTags":false',
        '"selfRequestsOnly":true',
        '"includeIndicatorStyles":false',
        '"historyCacheSize":0',
    ):
        assert setting in found[1].replace(" ", ""), setting


def test_password_fields_welcome_password_managers() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert "onpaste" not in path.read_text(encoding="utf-8")
    shown = (ROOT / "templates" / "layout" / "_form.html").read_text(encoding="utf-8")
    assert "autocomplete" in shown


def test_signing_out_clears_what_the_browser_kept(client: TestClient[Litestar], portal: Portal) -> None:
    somebody = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    client.cookies.update(somebody.cookie)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert found
    answer = client.post("/sign-out", data={"csrf_token": found[1]}, follow_redirects=False)
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert (
        client.get(
            "/account", headers={"Cookie": _cookie(somebody.cookie)}, follow_redirects=False
        ).status_code
        == 303
    )


def test_a_refused_page_is_in_the_log(client: TestClient[Litestar], portal: Portal) -> None:
    somebody = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    client.cookies.update(somebody.cookie)
    assert client.get("/organisations").status_code == 403
    with portal.database.work(somebody.actor) as work:
        query = text("select count(*) from audit_event where action = 'access.denied'")
        assert work.read(query).scalar_one() == 1


def test_every_page_of_a_signed_in_person_offers_to_sign_out(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    for route in (
        one for one in routes if not one.unsafe and one.needs not in {"everybody", "password_given"}
    ):
        answer = send(
            browser, rehearsal, world["business_admin"], route, world.things[OrgKind.BUSINESS, "own"]
        )
        if answer.status == 200 and answer.text.startswith("<!doctype html>"):
            assert 'action="/sign-out"' in answer.text, route.path


def test_every_answer_of_every_route_says_what_it_is(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    for route in routes:
        answer = send(
            browser, rehearsal, world["business_admin"], route, world.things[OrgKind.BUSINESS, "own"]
        )
        kind = answer.headers.get("content-type", "")
        assert kind or not answer.text, route.path
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), f"{route.path}: {kind}"


def test_fields_that_a_form_does_not_have_are_ignored(client: TestClient[Litestar], portal: Portal) -> None:
    somebody = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    client.cookies.update(somebody.cookie)
    page = client.get("/account").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    extra = {
        "roles": "operator_admin",
        "org_id": str(somebody.actor.session),
        "email": "x@evil.example",
        "state": "active",
    }
    form = {"csrf_token": found[1], "name": "Somebody Else", "time_zone": "Asia/Singapore", **extra}
    assert client.post("/account", data=form, follow_redirects=False).status_code == 303
    seen = client.get("/account").text
    assert "Somebody Else" in seen
    assert "x@evil.example" not in seen
    assert client.get("/organisations").status_code == 403


def _base() -> str:
    return (ROOT / "templates" / "layout" / "base.html").read_text(encoding="utf-8")


def _cookie(values: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())
