"""Every vector that comes with the portal gets its answer, to the last rule."""

import pytest

from guard.cases import Case, book, hour_cases, vector_cases


@pytest.mark.parametrize("case", vector_cases(), ids=lambda case: case.name)
def test_a_vector_is_decided_as_expected_by_exactly_the_rules_it_names(case: Case) -> None:
    assert case.holds(book())


def test_windows_open_and_close_to_the_second_on_every_day_of_the_week() -> None:
    assert [case.name for case in hour_cases() if not case.holds(book())] == []
