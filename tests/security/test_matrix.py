import pytest

from handoff_portal.web.portal import Portal
from security.matrix import row
from security.reviewed import require_reviewed
from security.routes import Browser, Route
from security.world import World


@pytest.mark.timeout(600)
def test_every_route_answers_every_kind_of_person_as_reviewed(
    browser: Browser, rehearsal: Portal, world: World, routes: list[Route]
) -> None:
    found = [row(browser, rehearsal, world, route) for route in routes]
    require_reviewed("matrix.csv", found, keys=2)
