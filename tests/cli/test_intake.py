"""`intake check`: the checks of an upload without a portal."""

import json
from pathlib import Path

from cli.running import command
from portfolios.tables import a_file, a_row


def written(folder: Path, content: bytes, name: str = "accounts.csv") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_a_good_file_ends_with_0_and_its_totals(tmp_path: Path) -> None:
    path = written(
        tmp_path, a_file([a_row(), a_row(creditor_reference="B", currency="JPY", principal="500")])
    )
    ran = command("intake", "check", path, "--json")
    told = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert told["totals"]["SGD"]["open"] == "4820.50"
    assert told["totals"]["SGD"]["open_minor"] == 482050
    assert (told["totals"]["JPY"]["open"], told["totals"]["JPY"]["minor_digits"]) == ("500", 0)
    assert [account["reference"] for account in told["accounts"]] == ["ACC-1", "B"]
    assert command("intake", "check", path).stdout.startswith("2 rows make 2 good accounts.")


def test_problems_end_with_1_and_name_row_column_value_and_mend(tmp_path: Path) -> None:
    path = written(tmp_path, a_file([a_row(), a_row(creditor_reference="B", principal="a lot")]))
    mend = tmp_path / "mend.csv"
    ran = command("intake", "check", path, "--json", "--mend", str(mend))
    (problem,) = json.loads(ran.stdout)["problems"]
    assert ran.exit_code == 1
    assert (problem["row"], problem["column"], problem["value"]) == (3, "principal", "a lot")
    assert problem["what"]
    assert problem["mend"]
    assert "a lot" in mend.read_text(encoding="utf-8-sig")
    assert "row 3, principal" in command("intake", "check", path).stdout


def test_a_question_is_printed_with_the_option_that_answers_it(tmp_path: Path) -> None:
    path = written(
        tmp_path, a_file([a_row(invoice_date="03/02/2026", due_date="04/03/2026", principal="1,234")])
    )
    ran = command("intake", "check", path)
    assert ran.exit_code == 1
    assert "--dates dmy|mdy" in ran.stdout
    assert "--decimal point|comma" in ran.stdout
    answered = command("intake", "check", path, "--dates", "dmy", "--decimal", "point", "--json")
    told = json.loads(answered.stdout)
    assert (answered.exit_code, told["accounts"][0]["oldest_due_on"]) == (0, "2026-03-04")


def test_what_the_file_leaves_out_is_said_for_all_rows_and_totals_must_agree(tmp_path: Path) -> None:
    row = {name: value for name, value in a_row().items() if name != "currency"}
    path = written(tmp_path, a_file([row]))
    right = command("intake", "check", path, "--set", "currency=SGD", "--total", "SGD=4820.50")
    assert (right.exit_code, "agrees" in right.stdout) == (0, True)
    wrong = command("intake", "check", path, "--set", "currency=SGD", "--total", "SGD=1")
    assert wrong.exit_code == 1
    assert "1.00 stated, 4820.50 found" in wrong.stdout


def test_a_mapping_from_one_run_serves_the_next(tmp_path: Path) -> None:
    path = written(tmp_path, a_file([a_row()]))
    mapping = json.loads(command("intake", "check", path, "--json").stdout)["mapping"]
    kept = written(tmp_path, json.dumps(mapping).encode(), "mapping.json")
    assert command("intake", "check", path, "--mapping", kept).exit_code == 0


def test_what_cannot_be_read_ends_with_2_and_a_reason(tmp_path: Path) -> None:
    path = written(tmp_path, b"%PDF-1.7")
    ran = command("intake", "check", path, "--json")
    assert ran.exit_code == 2
    assert "PDF" in json.loads(ran.stdout)["error"]
    assert command("intake", "check", path).exit_code == 2


def test_the_help_has_an_example() -> None:
    assert "Example: handoff-portal intake check" in command("intake", "check", "--help").stdout
