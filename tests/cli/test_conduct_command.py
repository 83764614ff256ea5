"""The conduct check from the command line, on files as people send them."""

import json

import pytest
from click.testing import CliRunner, Result

from handoff_portal.cli import group

TEXTS = "Thank you for calling back.\n\nPay today or the police will arrest you.\n"


def _ask(*words: str, text: bytes = TEXTS.encode()) -> Result:
    return CliRunner().invoke(group, ["conduct", "check", *words], input=text)


def test_each_text_gets_one_line_of_json_with_its_line_number() -> None:
    done = _ask("-", "--json")
    assert done.exit_code == 0
    fine, violation = (json.loads(line) for line in done.stdout.splitlines())
    assert (fine["line"], fine["outcome"], fine["class"], fine["findings"]) == (1, "fine", "", [])
    assert (violation["line"], violation["outcome"], violation["class"]) == (3, "violation", "threat")
    assert violation["reason"]
    assert violation["findings"][0]["words"] in TEXTS
    assert violation["findings"][0]["kinder"]


def test_people_get_a_table_with_a_kinder_wording() -> None:
    done = _ask("-")
    assert done.exit_code == 0
    assert "violation" in done.stdout
    assert "kinder:" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"), [((), 0), (("--fail-on", "violation"), 1), (("--fail-on", "review"), 1)]
)
def test_a_script_may_ask_for_an_exit_code(words: tuple[str, ...], code: int) -> None:
    assert _ask("-", *words).exit_code == code


def test_a_file_without_violations_passes() -> None:
    assert _ask("-", "--fail-on", "violation", text=b"Thank you for calling back.\r\n").exit_code == 0


def test_a_file_that_is_not_utf_8_is_refused_in_one_line() -> None:
    done = _ask("-", text=b"\xff\xfe\x00")
    assert done.exit_code == 1
    assert done.stderr == "Error: Line 1 is not UTF-8; save the file as UTF-8.\n"


def test_a_missing_file_is_refused() -> None:
    assert _ask("/nowhere/texts.txt").exit_code == 2


def test_help_has_an_example() -> None:
    assert "Example: handoff-portal conduct check" in _ask("--help").stdout
