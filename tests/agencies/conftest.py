import pytest

from agencies.people import Cast, a_cast
from handoff_portal.web.portal import Portal


@pytest.fixture
def cast(portal: Portal) -> Cast:
    return a_cast(portal)
