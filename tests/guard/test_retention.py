from datetime import date

import pytest

from guard.cases import book
from handoff_portal.guard.model.retention import Record, keep_through

ACTIVE = date(2026, 6, 9)
ENTERED = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("rule", "record", "until"),
    [
        ("US-RETENTION", Record(entered_on=ENTERED, last_activity_on=ACTIVE), date(2029, 6, 9)),
        (
            "US-RETENTION",
            Record(entered_on=ENTERED, last_activity_on=ACTIVE, recorded_call_on=date(2026, 2, 1)),
            date(2029, 2, 1),
        ),
        ("US-RETENTION", Record(entered_on=ENTERED, recorded_call_on=date(2024, 2, 29)), date(2027, 3, 1)),
        ("US-RETENTION", Record(entered_on=ENTERED), None),
        ("CA-ON-RETENTION", Record(entered_on=ENTERED), date(2032, 1, 5)),
        ("CA-NB-RETENTION", Record(entered_on=ENTERED), date(2033, 1, 5)),
        ("DE-RETENTION", Record(entered_on=ENTERED), date(2036, 1, 5)),
        ("SG-PDPA-RETENTION", Record(entered_on=ENTERED), date(2031, 1, 5)),
        ("GB-RETENTION", Record(entered_on=ENTERED), date(2029, 1, 5)),
        ("AU-RETENTION", Record(entered_on=ENTERED), date(2033, 1, 5)),
    ],
)
def test_a_record_is_kept_as_long_as_the_rule_asks(rule: str, record: Record, until: date | None) -> None:
    assert keep_through([book().rules.rule(rule)], record) == until


def test_the_longest_of_several_rules_counts_and_an_open_case_has_no_end() -> None:
    rules = [book().rules.rule(name) for name in ("US-RETENTION", "DE-RETENTION", "US-HOURS")]
    assert keep_through(rules, Record(entered_on=ENTERED, last_activity_on=ACTIVE)) == date(2036, 1, 5)
    assert keep_through(rules, Record(entered_on=ENTERED)) is None
    assert keep_through([], Record(entered_on=ENTERED)) is None
