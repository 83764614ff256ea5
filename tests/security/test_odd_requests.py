"""What an attacker's tools send: nothing of it may make the portal fail."""

import re

import pytest

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from security.routes import Browser, Route, send
from security.world import World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ODD = ("%00", "%ed%a0%80", "%ff", "'", "1e999", "9999-99-99", "0001-01-01", "9999-12-31", "9" * 30, "a" * 300)


@pytest.mark.parametrize(
    "path",
    ["/static/%00", "/static/" + "a" * 300, "/%ff%fe/%00", "/invitation/%00", "/invitation/" + "a" * 300],
)
def test_no_address_breaks_the_portal(browser: Browser, path: str) -> None:
    assert browser.get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("where", ["new-factor", "stop-help", "new-address", "stop-address"])
@pytest.mark.parametrize("token", ["%E2%82%AC", "%ff%fe", "a%0d%0aSet-Cookie:x=1", "a;b=c", '"', "a" * 200])
def test_no_mailed_link_breaks_the_portal_or_writes_its_own_cookie(
    browser: Browser, where: str, token: str
) -> None:
    answer = browser.get(f"/{where}/{token}", follow_redirects=False)
    assert answer.status_code == 303
    assert re.fullmatch(r"[\w.=; /-]+", answer.headers["Set-Cookie"].partition(";")[0])


@pytest.mark.parametrize("name", ["s", "b", "d", "inv", "rst", "hp_flash"])
@pytest.mark.parametrize("value", ["ä", "abc.ä", "a.b.ä", "=" * 43, "ä" * 43, "..", "a.9.b"])
def test_no_cookie_breaks_the_portal(browser: Browser, name: str, value: str) -> None:
    for path in ("/sign-in", "/enrol", "/password/reset", "/account"):
        cookie = f"{name}={value}".encode()
        answer = browser.get(path, headers={b"Cookie": cookie}, follow_redirects=False)
        assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "body", ["csrf_token=%C3%A4", "csrf_token=%ff%00", "csrf_token", "=&=&=", "&" * 9000]
)
def test_no_token_breaks_the_portal(
    browser: Browser, world: World, rehearsal: Portal, routes: list[Route], body: str
) -> None:
    for route in (one for one in routes if one.path in {"/sign-in", "/licences/new"} and one.unsafe):
        persona = world["agency_admin"]
        for header in ("ä".encode(), b""):
            cookie = "; ".join(f"{name}={value}" for name, value in persona.cookie.items()).encode()
            headers = {
                b"Cookie": cookie,
                b"X-CSRF-Token": header,
                b"Content-Type": FORM["Content-Type"].encode(),
            }
            answer = browser.post(route.path, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code in {403, 422}
    assert rehearsal.settings.public_url


def test_a_form_with_thousands_of_fields_is_refused_kindly(
    browser: Browser, world: World, rehearsal: Portal
) -> None:
    persona = world["business_admin"]
    cookie = "; ".join(f"{name}={value}" for name, value in persona.cookie.items())
    headers = {"Cookie": cookie, "X-CSRF-Token": persona.token(rehearsal), **FORM}
    answer = browser.post("/account", content="x=1&" * 6000, headers=headers)
    assert answer.status_code == 422
    assert "too many fields" in answer.text


@pytest.mark.timeout(600)
def test_no_value_of_any_field_breaks_a_page(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    """Every field of a page is sent back with every odd value, to the page itself and to its forms."""
    for name in ("business_admin", "agency_admin", "operator_officer"):
        persona = world[name]
        things = world.things[persona.kind or OrgKind.BUSINESS, "own"]
        for route in (one for one in routes if not one.unsafe and one.needs != "everybody"):
            shown = send(browser, rehearsal, persona, route, things).text
            names = set(re.findall(r'\bname="(\w+)"', shown)) - {"csrf_token", "viewport", "robots"}
            if names:
                _try_all(browser, persona.cookie, persona.token(rehearsal), route.url(things), names, shown)


def _try_all(browser: Browser, cookie: object, token: str, page: str, names: set[str], shown: str) -> None:
    sent = "; ".join(f"{name}={value}" for name, value in dict(cookie).items())  # type: ignore[call-overload]
    headers = {"Cookie": sent, "X-CSRF-Token": token, **FORM}
    targets = {
        path.partition("?")[0] for path in re.findall(r'<form[^>]*method="post"[^>]*action="(/[^"]*)"', shown)
    }
    for odd in ODD:
        fields = "&".join(f"{name}={odd}" for name in sorted(names))
        assert browser.get(f"{page}?{fields}", headers=headers, follow_redirects=False).status_code < 500, (
            page
        )
        for target in sorted(targets - {"/sign-out"}):
            answer = browser.post(target, content=fields, headers=headers, follow_redirects=False)
            assert answer.status_code < 500, f"{target} {odd}"
