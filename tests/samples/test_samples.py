import json
import re
import subprocess
import sys
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from handoff_portal.adapters.parsing.guesses import guess_direction
from handoff_portal.adapters.parsing.mail import parse_mail
from handoff_portal.adapters.parsing.media_type import kind_of

SAMPLES = Path(__file__).parents[2] / "samples"
ACCOUNTS = sorted(SAMPLES.glob("*/*/account.json"))
AGENCIES: list[dict[str, Any]] = json.loads((SAMPLES / "agencies.json").read_text())["agencies"]


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def text_of(pdf: bytes) -> str:
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    pages = [zlib.decompress(stream) for stream in streams if stream.startswith(b"x")]
    return " ".join(said.decode("latin-1") for page in pages for said in re.findall(rb"\((.*?)\) Tj", page))


def money(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


@pytest.fixture(params=ACCOUNTS, ids=[path.parent.name for path in ACCOUNTS])
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path.parent


def test_there_are_enough_accounts_of_three_businesses_in_four_countries() -> None:
    accounts = [read(path) for path in ACCOUNTS]
    assert len(accounts) >= 40
    assert len({path.parent.parent for path in ACCOUNTS}) == 3
    assert {each["country"] for each in accounts} == {"SG", "GB", "AU", "US"}
    assert {each["currency"] for each in accounts} == {"SGD", "GBP", "AUD", "USD"}
    assert {each["debtor_type"] for each in accounts} == {"company", "private"}
    assert len({each["creditor_reference"] for each in accounts}) == len(accounts)
    assert sum(file.stat().st_size for file in SAMPLES.rglob("*") if file.is_file()) < 12_000_000


def test_some_accounts_are_not_ready_to_be_handed_over() -> None:
    accounts = [read(path) for path in ACCOUNTS]
    assert [each for each in accounts if each["dispute_status"] == "disputed"]
    assert [each for each in accounts if each["final_notice_date"] is None]
    assert [each for each in accounts if each["contract_reference"] is None]
    assert [each for each in accounts if each["hardship_flag"]]
    assert [each for each in accounts if each["legal_representative"]]


def test_the_sums_of_an_account_agree(folder: Path) -> None:
    account = read(folder / "account.json")
    signs = {"invoice": 1, "credit_note": -1}
    assert account["principal"] == sum(signs[each["kind"]] * each["principal"] for each in account["claims"])
    parts = account["principal"] + account["interest"] + account["fees"] + account["costs"]
    assert account["balance"] == parts - account["payments_to_date"]
    assert account["balance"] > 0
    assert all(type(account[name]) is int for name in ("principal", "interest", "fees", "costs", "balance"))


def test_every_claim_is_in_its_paper(folder: Path) -> None:
    for claim in read(folder / "account.json")["claims"]:
        said = text_of((folder / claim["document"]).read_bytes())
        assert claim["invoice_number"] in said
        assert money(claim["principal"]) in said


def test_the_statement_ends_with_what_is_owed_before_interest_and_fees(folder: Path) -> None:
    account = read(folder / "account.json")
    last = (folder / "statement.csv").read_text().splitlines()[-1].split(",")
    assert last[-1] == account["currency"]
    assert last[-2] == money(account["principal"] - account["payments_to_date"]).replace(",", "")


def test_dates_follow_each_other(folder: Path) -> None:
    account, business = read(folder / "account.json"), read(folder.parent / "business.json")
    today = date.fromisoformat(business["as_of"])
    for claim in account["claims"]:
        assert date.fromisoformat(claim["invoice_date"]) <= date.fromisoformat(claim["due_date"]) < today
    times = [row["occurred_at"][:10] for row in account["history"]]
    assert times == sorted(times)
    assert times[-1] < business["as_of"]
    if account["final_notice_date"]:
        assert (today - date.fromisoformat(account["final_notice_date"])).days > 14
        assert all(claim["due_date"] < account["final_notice_date"] for claim in account["claims"])
    if account["last_payment_date"]:
        assert account["last_payment_date"] < business["as_of"]


def test_the_telephone_number_is_a_possible_one(folder: Path) -> None:
    account = read(folder / "account.json")
    assert phonenumbers.is_possible_number(phonenumbers.parse(account["phone"]))


def test_every_paper_is_there_and_is_what_it_says(folder: Path) -> None:
    account = read(folder / "account.json")
    named = {each["file"] for each in account["documents"]} | set(account["mail"])
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix in {".pdf", ".eml"}}
    assert named == there
    for name in there:
        kind = kind_of((folder / name).read_bytes(), name)
        assert kind.words == ("mail" if name.endswith(".eml") else "PDF document")
        assert kind.refusal is None


def test_every_mail_is_read_and_agrees_with_the_history(folder: Path) -> None:
    account, business = read(folder / "account.json"), read(folder.parent / "business.json")
    for row in account["history"]:
        assert row["creditor_reference"] == account["creditor_reference"]
        if row["mail"]:
            mail = parse_mail((folder / row["mail"]).read_bytes())
            assert mail.subject == row["subject"]
            assert mail.occurred_at is not None
            assert mail.occurred_at.isoformat()[:16] == row["occurred_at"][:16]
            assert guess_direction(mail.from_address, business["mail_domains"]) == row["direction"]
            said, kept = " ".join(mail.text.split()), " ".join(row["body_or_summary"].split())
            assert said.startswith(kept)


def test_some_mails_are_ugly_on_purpose() -> None:
    notes = [parse_mail(file.read_bytes()).notes for file in SAMPLES.rglob("*.eml")]
    assert [note for note in notes if "mail server" in " ".join(note)]


def test_the_agencies_cover_every_customer_and_some_may_not_accept() -> None:
    today = read(SAMPLES / "merlion-supply/business.json")["as_of"]
    licences = [licence for agency in AGENCIES for licence in agency["licences"]]
    valid = {each["jurisdiction"] for each in licences if each["expires"] is None or each["expires"] >= today}
    assert len(AGENCIES) >= 5
    assert {read(path)["region"] for path in ACCOUNTS} <= valid
    assert [each for each in licences if each["expires"] is not None and each["expires"] < today]
    assert [each for each in licences if each["scope"] == "consumer"]
    assert all(each["number"].startswith("DEMO-") for each in licences)


def test_the_same_seed_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "make.py", "--into", tmp_path], check=True, capture_output=True)
    made = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    kept = {name: (SAMPLES / name).read_bytes() for name in made}
    assert made == kept
    assert len([name for name in made if name.name == "account.json"]) == len(ACCOUNTS)


def test_another_day_moves_every_date_with_it(tmp_path: Path) -> None:
    order = [sys.executable, str(SAMPLES / "make.py"), "--into", str(tmp_path), "--today", "2027-03-01"]
    subprocess.run([*order, "--only", "calder-rowe"], check=True, capture_output=True)
    account = read(tmp_path / "calder-rowe/CRH-24037/account.json")
    assert account["interest_as_of"] == "2027-03-01"
    assert account["claims"][0]["due_date"] == "2026-11-29"


def test_the_same_day_gives_the_same_portfolio(tmp_path: Path) -> None:
    order = [sys.executable, str(SAMPLES / "portfolio.py"), "--into", str(tmp_path)]
    subprocess.run(order, check=True, capture_output=True)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_bytes() for file in (SAMPLES / "portfolio").iterdir()}
