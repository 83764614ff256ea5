"""A path that names two things must name two that belong together, whoever asks."""

from collections.abc import Iterator

import pytest

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from security.routes import Browser, Route, send
from security.world import Things, World

PAIRS = {
    "business_admin": (OrgKind.BUSINESS, ("own", "second", "draft"), ("stranger", "stranger's draft")),
    "agency_admin": (OrgKind.AGENCY, ("holder", "second"), ("offered", "former", "draft", "stranger")),
}


def mixed(world: World, name: str, route: Route) -> Iterator[tuple[str, Things]]:
    """The case of one thing with the second id of another."""
    kind, mine, theirs = PAIRS[name]
    for one in (*mine, *theirs):
        for other in (*mine, *theirs):
            second = {part: world.things[kind, other][part] for part in route.ids - {"case_id"}}
            if one != other:
                yield f"case {one}, rest {other}", world.things[kind, one] | second


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_ids_of_two_cases_never_work_together(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route], name: str
) -> None:
    double = [route for route in routes if "case_id" in route.ids and len(route.ids) > 1]
    assert len(double) >= 8
    for route in double:
        for how, things in mixed(world, name, route):
            answer = send(browser, rehearsal, world[name], route, things)
            expected = {404, 403} if _missing_right(route, name) else {404}
            if route.path.endswith("/correct") or "/history/" in route.path:
                expected |= {409}
            assert answer.status in expected, f"{route.method} {route.path} {how}: {answer.status}"


def test_cases_of_others_cannot_be_slipped_into_a_list(
    browser: Browser, rehearsal: Portal, world: World
) -> None:
    mine, theirs = (world.things[OrgKind.BUSINESS, one]["case_id"] for one in ("second", "stranger"))
    persona = world["business_admin"]
    page = Route(f"/offers/new?case={mine}&case={theirs}", "GET", "offer_make", "")
    assert send(browser, rehearsal, persona, page, {}).status in {404, 409}
    form = {"case": [mine, theirs], "agency": world.things[OrgKind.BUSINESS, "own"]["agency_id"]}
    answer = browser.post(
        "/offers/new",
        data=form,
        headers={"Cookie": _cookie(persona.cookie), "X-CSRF-Token": persona.token(rehearsal)},
        follow_redirects=False,
    )
    assert answer.status_code in {404, 409, 422}
    assert theirs not in answer.text


def _missing_right(route: Route, name: str) -> bool:
    return name == "agency_admin" and route.needs in {"case_draft", "readiness_override"}


def _cookie(values: object) -> str:
    return "; ".join(f"{name}={value}" for name, value in dict(values).items())  # type: ignore[call-overload]
