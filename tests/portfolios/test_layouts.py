"""The files that people already have: exports of accounting packages, InDebted, Latitude AIM, UBL."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.spreadsheets import workbook
from handoff_portal.cases.model.content import ClaimKind
from handoff_portal.contacts.model.communications import Stage
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.portfolios.actions.downloads import bad_rows_file
from handoff_portal.portfolios.actions.surveying import survey
from handoff_portal.portfolios.model.columns import COLUMNS, Sort
from handoff_portal.portfolios.model.lines import Layout
from handoff_portal.portfolios.model.mapping import Mapping, propose_mapping
from handoff_portal.portfolios.model.style import Answers
from portfolios.tables import Read, a_row, source

FILES = Path(__file__).parent / "files"


def read(name: str, **constants: str) -> Read:
    return Read((FILES / name).read_bytes(), Answers(constants=constants))


def test_an_aged_list_in_german_is_understood_with_its_title_and_its_sum() -> None:
    found = read("offene-posten.csv", debtor_type="company")
    assert (found.survey.layout, found.survey.head.row, found.questions) == (
        Layout.MAPPED,
        4,
        ["debtor_type"],
    )
    one, two = found.accounts
    assert (one.content.customer.name, one.content.creditor_reference) == ("Muster GmbH", "10001")
    assert (one.open, two.open) == (123450 - 3450, 98700)
    assert one.content.claims[1].kind is ClaimKind.CREDIT_NOTE
    assert one.reminders_sent == 2
    assert two.content.customer.country == "AT"


def test_an_aged_list_in_english_asks_for_what_it_leaves_out() -> None:
    found = read("aged-receivables.csv", currency="AUD", country="AU", debtor_type="company")
    assert found.questions == ["debtor_type", "country", "currency"]
    assert {account.content.creditor_reference for account in found.accounts} == {
        "Harbour Cafe",
        "Bondi Surf",
    }
    cafe = next(account for account in found.accounts if account.content.creditor_reference == "Harbour Cafe")
    assert [claim.due_on for claim in cafe.content.claims] == [date(2026, 3, 31), date(2026, 4, 30)]
    assert cafe.open == 165000 + 50000


def test_indebted_accounts_are_in_cents() -> None:
    found = read("indebted-accounts.csv", currency="AUD", debtor_type="private")
    assert (found.survey.layout, found.survey.mapping.cents) == (Layout.INDEBTED, True)
    (account,) = found.accounts
    assert (account.content.customer.name, account.open) == ("Ada Lim", 125050)
    assert account.limitation_on == date(2031, 1, 31)


def test_aim_placements_are_put_together_from_their_records() -> None:
    found = read("aim-placement.csv", currency="USD", debtor_type="private")
    assert found.survey.layout is Layout.AIM
    first, second = found.accounts
    assert (first.content.creditor_reference, first.content.customer.name) == ("4000-1", "Jane Q Doe")
    assert (first.open, first.content.charges.interest, first.content.charges.fees) == (150000, 25000, 1000)
    assert first.content.customer.phones == ("+12125550123",)
    assert first.holds == {HoldKind.DISPUTE}
    assert second.holds == {HoldKind.COMPLAINT}
    assert [entry.words.text for entry in first.history] == ["Left message\nOutcome: TR LM."]
    assert [control.agrees for control in found.reading.summary.controls] == [True, True]
    assert found.reading.refusal is None


def test_an_aim_trailer_that_does_not_agree_refuses_the_file_with_both_sums() -> None:
    content = (FILES / "aim-placement.csv").read_bytes().replace(b"2200.00,20260701", b"2300.00,20260701")
    refusal = Read(content).reading.refusal
    assert refusal is not None
    assert "2300.00 stated, 2200.00 found" in refusal.what


def test_bad_aim_records_come_back_as_records_with_their_notes_and_read_again_once_mended() -> None:
    answers = Answers(constants={"currency": "USD", "debtor_type": "private"})
    content = (FILES / "aim-placement.csv").read_bytes().replace(b"NY,10001", b"ZZ,10001")
    first = Read(content, answers)
    assert [account.content.creditor_reference for account in first.accounts] == ["4000-2"]
    again = bad_rows_file(first.survey.facts, first.survey.head, first.bad).content
    assert [line[:4] for line in again.splitlines()] == [b"CACT", b"CDBT", b"CUPP", b"CDIS", b"CNOT", b"CNOT"]
    (account,) = Read(again.replace(b"ZZ,10001", b"NY,10001"), answers).accounts
    assert len(account.history) == 1


def test_a_note_without_its_account_is_named() -> None:
    (problem,) = Read(b"CNOT,000000009,20260105093000,TR,LM,Left message\n").problems
    assert (problem.row, problem.value) == (1, "000000009")


def ubl(*names: str) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(FILES / name, name)
    return octets.getvalue()


def test_ubl_documents_of_one_customer_become_one_account_with_its_reminder() -> None:
    found = Read(ubl("invoice.xml", "credit-note.xml", "reminder.xml"))
    assert found.survey.layout is Layout.UBL
    (account,) = found.accounts
    assert (account.content.customer.name, account.content.customer.country) == ("Nordlys AS", "NO")
    assert [claim.number for claim in account.content.claims] == ["F-100", "K-7"]
    assert (account.open, account.content.currency) == (125000 - 25000, "NOK")
    assert [entry.stage for entry in account.history] == [Stage.REMINDER_2]


def test_one_ubl_document_reads_alone() -> None:
    (account,) = Read((FILES / "invoice.xml").read_bytes()).accounts
    assert account.content.claims[0].due_on == date(2026, 3, 31)


def test_a_workbook_reads_like_the_same_table_as_text() -> None:
    row = a_row(postal_code="079903")
    (account,) = Read(workbook({"A": [list(row), list(row.values())]})).accounts
    assert (account.content.customer.postal_code, account.open) == ("079903", 482050)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_known_header_is_found_again(sort: Sort) -> None:
    for column in COLUMNS[sort].values():
        for header in (column.name, column.name.replace("_", " ").title(), *column.synonyms):
            found = propose_mapping([header], [], sort).mapping.columns
            assert found, header
        assert propose_mapping([column.name], [], sort).mapping.columns == {column.name: column.name}


def test_a_mapping_is_remembered_as_text_and_used_for_the_files_it_fits() -> None:
    mapping = Mapping({"debtor_name": "Wer", "principal": "Wieviel"}, {"currency": "EUR"}, cents=True)
    assert Mapping.decode(mapping.encode()) == mapping
    fits = survey(source(b"Wer;Wieviel\nA;100\n"), mapping)
    assert fits.mapping == mapping
    other = survey(source(b"debtor_name;principal\nA;100\n"), mapping)
    assert other.mapping.columns == {"debtor_name": "debtor_name", "principal": "principal"}
    with pytest.raises(ValueError, match="object"):
        Mapping.decode("[]")


@pytest.mark.parametrize("total", [b"1e999999999", b"nan", b"much"])
def test_a_trailer_whose_total_is_no_money_refuses_the_file(total: bytes) -> None:
    content = (FILES / "aim-placement.csv").read_bytes().replace(b"2200.00,20260701", total + b",20260701")
    found = Read(content, Answers(constants={"currency": "USD", "debtor_type": "private"}))
    assert found.reading.refusal is not None
    assert f"{total.decode()} stated" in found.reading.refusal.what


def test_disputes_and_complaints_are_known_by_both_of_their_names() -> None:
    content = (FILES / "aim-placement.csv").read_bytes()
    renamed = content.replace(b"CDIS,", b"ADIS,").replace(b"CCPT,", b"ACPT,")
    answers = Answers(constants={"currency": "USD", "debtor_type": "private"})
    one, two = Read(renamed, answers).accounts
    assert (one.holds, two.holds) == (frozenset({HoldKind.DISPUTE}), frozenset({HoldKind.COMPLAINT}))


@pytest.mark.parametrize("separator", [b"\t", b"|"])
def test_aim_placements_may_be_parted_by_tabs_or_pipes(separator: bytes) -> None:
    rows = csv.reader(io.StringIO((FILES / "aim-placement.csv").read_text(encoding="utf-8")))
    content = b"\n".join(separator.join(cell.encode() for cell in row) for row in rows) + b"\n"
    answers = Answers(constants={"currency": "USD", "debtor_type": "private"})
    found = Read(content, answers)
    assert [account.content.customer.name for account in found.accounts] == ["Jane Q Doe", "Rick Roe"]
    assert found.reading.refusal is None


def test_a_placement_of_fixed_length_is_refused_with_what_to_do() -> None:
    line = f"CACT{1:09}{'4000-1':<30}{'1240.00':>12}{'250.00':>12}".ljust(3000)
    with pytest.raises(CannotRead, match="as a delimited file: comma, tab or pipe"):
        Read(f"{line}\r\n{line}\r\n".encode())
