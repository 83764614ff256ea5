"""Whatever is moved in a rule, some case notices: no number stands there untested."""

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

import pytest

from guard.cases import Case, all_cases, book
from guard.mutants import mutants
from handoff_portal.guard.model.deciding import Book
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.terms import Effect

DECIDING = [rule for rule in book().rules.rules if rule.effect is not Effect.EVIDENCE]


@lru_cache(maxsize=1)
def _by_rule() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in all_cases():
        for rule in case.about:
            found[rule].append(case)
    return found


def _with(rule: Rule) -> Book:
    rules = book().rules
    moved = tuple(rule if rule.id == one.id else one for one in rules.rules)
    return replace(book(), rules=replace(rules, rules=moved))


@pytest.mark.parametrize("rule", DECIDING, ids=lambda rule: rule.id)
def test_no_part_of_a_rule_can_be_moved_unnoticed(rule: Rule) -> None:
    cases = _by_rule()[rule.id]
    unnoticed = [
        name
        for name, moved in mutants(rule)
        if all(case.holds(changed) for changed in [_with(moved)] for case in cases)
    ]
    assert unnoticed == []


@pytest.mark.parametrize("rule", DECIDING, ids=lambda rule: rule.id)
def test_every_rule_that_decides_has_cases_in_which_it_speaks_and_in_which_it_does_not(rule: Rule) -> None:
    spoken = {rule.id in case.speaks for case in _by_rule()[rule.id]}
    assert spoken == {True, False}
