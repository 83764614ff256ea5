import pytest

from journeys.visiting import Site


@pytest.mark.journey
@pytest.mark.parametrize("path", ["/sign-in", "/password/forgot", "/nothing-here"])
def test_pages_for_strangers_are_sound(site: Site, path: str) -> None:
    site.stranger().open(path)
