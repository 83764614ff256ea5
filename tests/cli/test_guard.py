"""The guard from the command line, on files as people send them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handoff_portal.cli import group
from handoff_portal.guard.book import shipped_rules

VECTOR = """
- id: A1
  jurisdiction: US-TX
  debtor_time_zones: [America/Chicago]
  debt_type: consumer
  history: []
  proposed: {at: '2026-06-10T02:00:00Z', channel: call}
  expected: blocked
  rule: US-HOURS
"""


def _ask(*words: str, text: str = "") -> Result:
    return CliRunner().invoke(group, ["guard", *words], input=text.encode())


def _vectors(*vectors: str) -> str:
    return "vectors:" + "".join(vectors)


def test_each_vector_gets_one_line_of_json() -> None:
    other = VECTOR.replace("A1", "A2").replace("T02:00", "T01:59")
    done = _ask("check", "-", "--json", text=_vectors(VECTOR, other))
    assert done.exit_code == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": "A1", "decision": "blocked", "rules": ["US-HOURS"]},
        {"id": "A2", "decision": "allowed", "rules": []},
    ]


def test_without_json_a_table_shows_where_the_file_expected_something_else() -> None:
    done = _ask("check", "-", text=_vectors(VECTOR, VECTOR.replace("expected: blocked", "expected: warn")))
    first, second = done.stdout.splitlines()
    assert first.split() == ["A1", "blocked", "US-HOURS"]
    assert second.endswith("(expected warn US-HOURS)")


def test_strict_fails_where_an_answer_differs() -> None:
    assert _ask("check", "-", "--strict", text=_vectors(VECTOR)).exit_code == 0
    differing = VECTOR.replace("expected: blocked", "expected: allowed")
    assert _ask("check", "-", "--strict", text=_vectors(differing)).exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("channel: call", "channel: pigeon", "A1: proposed.channel: 'pigeon' is none of call"),
        (
            "2026-06-10T02:00:00Z",
            "2026-06-10T02:00:00",
            "A1: proposed.at: '2026-06-10T02:00:00' has no offset",
        ),
        ("America/Chicago", "America/Narnia", "A1: debtor_time_zones: "),
        ("[America/Chicago]", "[]", "A1: debtor_time_zones: must be a list with at least one zone"),
        ("debt_type: consumer", "", "A1: debt_type: is missing"),
        ("history: []", "history: [{at: soon}]", "A1: history[0].at: 'soon' is no moment"),
        ("history: []", "state: {licence: {expires_on: never}}", "A1: state.licence.expires_on: 'never'"),
        ("history: []", "state: {dispute: {at: x}}", "A1: state.dispute.at: 'x' is no moment"),
        ("history: []", "state: {inconvenient: [{start: noon}]}", "A1: state.inconvenient[0].start: 'noon'"),
        ("proposed:", "suggested:", "A1: proposed: is missing"),
    ],
)
def test_a_bad_vector_is_named_with_its_field_and_the_others_are_decided(
    old: str, new: str, said: str
) -> None:
    assert old in VECTOR
    done = _ask("check", "-", "--json", text=_vectors(VECTOR.replace(old, new), VECTOR.replace("A1", "B1")))
    assert done.exit_code == 2
    assert said in done.stderr
    bad, good = map(json.loads, done.stdout.splitlines())
    assert (bad["id"], bad["decision"], bad["rules"]) == ("A1", "error", [])
    assert any(said.removeprefix("A1: ") in one for one in bad["mistakes"])
    assert good == {"id": "B1", "decision": "blocked", "rules": ["US-HOURS"]}
    told = _ask("check", "-", text=_vectors(VECTOR.replace(old, new))).stdout
    assert told.split()[:2] == ["A1", "error"]


@pytest.mark.parametrize("place", ["EU", '"*"'])
def test_places_of_rules_that_are_no_country_can_be_asked_about(place: str) -> None:
    done = _ask("check", "-", "--json", text=_vectors(VECTOR.replace("US-TX", place)))
    assert json.loads(done.stdout) == {"id": "A1", "decision": "allowed", "rules": []}


def test_a_field_that_is_not_known_is_told_and_not_looked_at() -> None:
    strange = VECTOR.replace("history: []", "state: {moon: full, cease: {at: null, why: tired}}")
    done = _ask("check", "-", "--json", text=_vectors(strange))
    assert done.exit_code == 0
    assert "A1: state.moon is not known and was not looked at" in done.stderr
    assert "A1: state.cease.why is not known" in done.stderr


@pytest.mark.parametrize("text", ["", "vectors: 3", "[", "rules: []"])
def test_a_file_without_vectors_is_refused_in_one_line(text: str) -> None:
    done = _ask("check", "-", text=text)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: Nothing was checked; the file: ")
    assert len(done.stderr.splitlines()) == 1


def test_another_rule_file_can_be_tried(tmp_path: Path) -> None:
    moved = tmp_path / "rules.yaml"
    moved.write_bytes(shipped_rules().replace(b"mon-sun: 08:00-21:00", b"mon-sun: 08:00-21:30", 1))
    done = _ask("check", "-", "--json", "--rules", str(moved), text=_vectors(VECTOR))
    assert json.loads(done.stdout)["decision"] == "allowed"


def test_a_rule_file_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    broken = tmp_path / "rules.yaml"
    broken.write_bytes(
        shipped_rules().replace(b"kind: hours", b"kind: ours").replace(b"effect: warn", b"effect: nag")
    )
    done = _ask("rules", "--rules", str(broken))
    assert done.exit_code == 1
    assert "rule US-HOURS, kind: 'ours' is none of" in done.stderr
    assert "rule US-FREQ-PATTERN, effect: 'nag' is none of" in done.stderr


def test_the_rules_are_listed_with_what_stands_behind_them() -> None:
    done = _ask("rules", "--json")
    found = {rule["id"]: rule for rule in map(json.loads, done.stdout.splitlines())}
    assert len(found) == 96
    assert found["US-FREQ-7IN7"]["force"] == "presumption"
    assert found["HOUSE-B2B-HOURS"]["effect"] == "warn"
    assert "US-HOURS" in _ask("rules").stdout


def test_a_new_rule_file_is_read_strictly_and_tried_on_all_vectors(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    text = shipped_rules().decode().replace("version: 2026.11.1", "version: 2026.12.1")
    file.write_text(text.replace("limit: 7", "limit: 6"), encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(_vectors(VECTOR), encoding="utf-8")
    done = _ask("validate", str(file), "--vectors", str(own), "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["changed"] == {"US-FREQ-7IN7": {"says: limit": ["7", "6"]}}
    assert "US-FREQ-7IN7-2" in found["failing"]
    assert "A1" not in found["failing"]
    file.write_text(text, encoding="utf-8")
    assert _ask("validate", str(file)).exit_code == 0


def test_every_mistake_of_a_new_rule_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_bytes(shipped_rules().replace(b"limit: 7", b"limit: x").replace(b"kind: ban", b"kind: no", 1))
    done = _ask("validate", str(file))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 2


RETENTION = """
retention_vectors:
- {id: T1, rule: US-RETENTION, record: call recording, call_date: '2024-02-29', keep_through: '2027-03-01'}
- {id: T2, rule: US-RETENTION, record: log, last_activity: '2026-06-09', keep_through: '2029-06-08'}
- {id: T3, rule: US-NOTHING, record: call log, last_collection_activity: '2026-06-09'}
- 7
"""


def test_records_get_a_line_of_their_own_with_the_last_day_they_are_kept() -> None:
    done = _ask("check", "-", "--json", text=_vectors(VECTOR) + RETENTION)
    lines = [json.loads(line) for line in done.stdout.splitlines()][1:]
    assert [one["decision"] for one in lines[2:]] == ["error", "error"]
    assert lines[:2] == [
        {"id": "T1", "decision": "keep", "rules": ["US-RETENTION"], "keep_through": "2027-03-01"},
        {"id": "T2", "decision": "keep", "rules": ["US-RETENTION"], "keep_through": "2029-06-09"},
    ]
    assert done.exit_code == 2
    assert "T3: retention_vectors[3].rule: 'US-NOTHING' is no rule of this file" in done.stderr
    assert "retention 4: retention_vectors[4]: must be names with values" in done.stderr
    assert "(expected 2029-06-08)" in _ask("check", "-", text=_vectors(VECTOR) + RETENTION).stdout
