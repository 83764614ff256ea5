"""From a file to accounts: grouping, contradictions, history, sums, and rows to mend."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.cases.model.case import Balance
from handoff_portal.cases.model.content import Channel, ClaimKind
from handoff_portal.contacts.model.communications import Direction, Stage
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.portfolios.actions.downloads import bad_rows_file, template
from handoff_portal.portfolios.actions.reading import Expected
from handoff_portal.portfolios.model.account import FinalNotice, Severity
from handoff_portal.portfolios.model.amounts import Decimals
from handoff_portal.portfolios.model.columns import WRONG, Sort
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.style import Answers
from portfolios.tables import GOOD, HEADERS, Read, a_file, a_row


def test_a_good_row_becomes_an_account_with_everything_it_says() -> None:
    row = a_row(
        interest="12.50",
        payments_to_date="20.50",
        dispute_status="disputed",
        dispute_note="Two chairs broken",
        do_not_contact="yes",
        reminders_sent="3",
        final_notice_date="2026-06-15",
        final_notice_channel="letter",
        limitation_date="2032-04-01",
        contract_reference="PO-8",
        contract_signed_date="20 Nov 2025",
        document_list="a.pdf; b.pdf",
    )
    (account,) = Read(a_file([row])).accounts
    content = account.content
    assert (account.rows, account.time_zone) == ((2,), "Asia/Singapore")
    assert (content.customer.name, content.customer.phones) == (GOOD["debtor_name"], ("+6561234567",))
    assert (content.owed, account.open) == (Balance(principal=482050, interest=1250), 481250)
    assert content.claims[0].due_on == date(2026, 4, 1)
    assert (content.terms.disputed, content.terms.contract_signed_on) == (True, "2025-11-20")
    assert account.holds == {HoldKind.DISPUTE, HoldKind.CEASE}
    assert account.final_notice == FinalNotice(date(2026, 6, 15), Channel.LETTER)
    assert (account.reminders_sent, account.limitation_on) == (3, date(2032, 4, 1))
    assert account.documents == ("a.pdf", "b.pdf")


def test_invoices_and_credit_notes_of_one_reference_become_one_account_wherever_they_stand() -> None:
    rows = [
        a_row(),
        a_row(creditor_reference="ACC-2"),
        a_row(creditor_reference="acc-1", invoice_number="INV-2", principal="100"),
        a_row(invoice_number="CN-3", principal="-20.50", due_date=""),
    ]
    read = Read(a_file(rows))
    one = next(account for account in read.accounts if account.content.creditor_reference == "ACC-1")
    assert one.rows == (2, 4, 5)
    assert [claim.kind for claim in one.content.claims] == [
        ClaimKind.INVOICE,
        ClaimKind.INVOICE,
        ClaimKind.CREDIT_NOTE,
    ]
    assert (len(read.accounts), one.open) == (2, 490000)


def test_a_contradiction_names_both_values_and_keeps_all_rows_of_the_account_back() -> None:
    rows = [a_row(), a_row(invoice_number="INV-2", city="Penang"), a_row(creditor_reference="ACC-2")]
    read = Read(a_file(rows))
    (problem,) = read.problems
    assert (problem.row, problem.column, problem.value) == (3, "city", "Penang")
    assert "Singapore" in problem.what
    assert "Penang" in problem.what
    assert [bad.row for bad in read.bad] == [2, 3]
    assert [account.content.creditor_reference for account in read.accounts] == ["ACC-2"]


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"principal": "a lot"}, "principal", "no amount"),
        ({"principal": ""}, "principal", "missing"),
        ({"principal": "-5"}, "principal", "credit notes are larger"),
        ({"payments_to_date": "4820.50"}, "principal", "nothing is open"),
        ({"due_date": "2026-02-30"}, "due_date", "does not exist"),
        ({"due_date": "2026-01-01"}, "due_date", "before the day of the invoice"),
        ({"due_date": ""}, "due_date", "missing"),
        ({"email": "nobody"}, "email", "no e-mail address"),
        ({"email": "", "phone": ""}, "email", "neither"),
        ({"country": "Atlantis"}, "country", "no country"),
        ({"country": "US"}, "State or region", "decides"),
        ({"currency": "$"}, "currency", "several currencies"),
        ({"debtor_name": ""}, "debtor_name", "missing"),
        ({"creditor_reference": "x" * 41}, "creditor_reference", "41 characters"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(changes: dict[str, str], column: str, said: str) -> None:
    read = Read(a_file([a_row(creditor_reference="OK"), a_row(**changes)]))
    assert [account.content.creditor_reference for account in read.accounts] == ["OK"]
    problem = read.problems[0]
    assert (problem.row, problem.column) == (3, column)
    assert said in problem.what
    assert problem.mend


def test_days_that_leave_it_open_are_asked_and_one_clear_day_answers_for_its_column() -> None:
    unclear = a_file([a_row(invoice_date="03/04/2026", due_date="04/05/2026")])
    assert Read(unclear).questions == ["dates"]
    assert Read(unclear).accounts == []
    (account,) = Read(unclear, Answers(dates=DateOrder.DMY)).accounts
    assert account.content.claims[0].due_on == date(2026, 5, 4)
    clear = a_file(
        [
            a_row(invoice_date="03/04/2026", due_date="04/05/2026"),
            a_row(creditor_reference="B", invoice_date="13/04/2026", due_date="04/05/2026"),
        ]
    )
    assert Read(clear).questions == []
    assert Read(clear).accounts[0].content.claims[0].issued_on == date(2026, 4, 3)


def test_amounts_that_leave_it_open_are_asked_and_one_clear_amount_answers_for_the_file() -> None:
    unclear = a_file([a_row(principal="1,234")])
    assert Read(unclear).questions == ["decimal"]
    assert Read(unclear, Answers(decimals=Decimals.POINT)).accounts[0].open == 123400
    clear = a_file([a_row(principal="1.234"), a_row(creditor_reference="B", principal="5,50")])
    assert Read(clear).questions == []
    assert Read(clear).accounts[0].open == 123400


def test_what_the_file_does_not_say_at_all_is_asked_once() -> None:
    row = {name: value for name, value in GOOD.items() if name not in {"currency", "debtor_type", "country"}}
    assert Read(a_file([row])).questions == ["debtor_type", "country", "currency"]
    said = Answers(constants={"currency": "SGD", "debtor_type": "private", "country": "Singapore"})
    assert Read(a_file([row]), said).accounts[0].content.currency == "SGD"


HISTORY = ["creditor_reference", "occurred_at", "channel", "direction", "stage", "subject", "body_or_summary"]


def test_the_history_file_goes_with_its_accounts_in_any_order() -> None:
    said = [
        ("ACC-2", "2026-05-01T09:30:00+08:00", "email", "in", "", "Re", "We will pay"),
        ("ACC-1", "2026-06-15", "letter", "", "final_notice", "Last", "Please"),
        ("acc-1", "20260401093000", "phone", "out", "1. Mahnung", "", "Spoke"),
        ("ACC-1", "yesterday", "email", "out", "", "", ""),
        ("ACC-9", "2026-06-15", "email", "out", "", "", ""),
    ]
    history = a_file([dict(zip(HISTORY, row, strict=True)) for row in said])
    read = Read(a_file([a_row(), a_row(creditor_reference="ACC-2")]), history=history)
    one, two = read.accounts
    assert [entry.stage for entry in one.history] == [Stage.REMINDER_1, Stage.FINAL_NOTICE]
    assert one.history[0].occurred_at == datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
    assert one.history[1].occurred_at == datetime(2026, 6, 15, 4, tzinfo=UTC)
    assert (two.history[0].direction, two.history[0].channel) == (Direction.IN, Channel.EMAIL)
    assert [(p.file, p.row, p.column) for p in read.problems] == [
        ("history", 5, "occurred_at"),
        ("history", 6, "creditor_reference"),
    ]
    assert read.reading.summary.history == 3


def test_sums_that_do_not_agree_refuse_the_whole_file_with_both() -> None:
    content = a_file([a_row(), a_row(creditor_reference="B", email="wrong")])
    right = Read(content, expected=Expected(rows=2, totals={"SGD": 964100}))
    assert right.reading.refusal is None
    wrong = Read(content, expected=Expected(totals={"SGD": 964101})).reading.refusal
    assert wrong is not None
    assert "9641.01 stated, 9641.00 found" in wrong.what


@pytest.mark.parametrize("separator", [";", "\t"])
def test_bad_rows_come_back_in_their_dialect_and_read_again_once_mended(separator: str) -> None:
    rows = [
        a_row(creditor_reference="OK"),
        a_row(debtor_name="=cmd()", contact_person="@x", principal="a lot"),
    ]
    read = Read(a_file(rows, separator=separator, encoding="utf-16"))
    again = bad_rows_file(read.survey.facts, read.survey.head, read.bad)
    text = again.content.decode("utf-16")
    assert text.splitlines()[0].endswith(f"{separator}{WRONG}")
    assert "no amount" in text
    assert f"{separator}'=cmd(){separator}" in text
    second = Read(text.replace("a lot", "5.00").encode("utf-16"))
    assert (second.problems, second.survey.facts.separator) == ([], separator)
    assert second.accounts[0].content.customer.name == "=cmd()"
    once_more = Read(again.content)
    assert (
        bad_rows_file(once_more.survey.facts, once_more.survey.head, once_more.bad).content == again.content
    )


@pytest.mark.parametrize("as_workbook", [True, False])
def test_the_template_reads_as_it_is(as_workbook: bool) -> None:  # noqa: FBT001 - a parameter
    (account,) = Read(template(as_workbook=as_workbook).content).accounts
    assert account.content.creditor_reference == "ACC-10023"
    assert template(Sort.HISTORY, as_workbook=as_workbook).content


@settings(max_examples=15)
@given(
    wrong=st.lists(
        st.tuples(
            st.sampled_from(HEADERS),
            st.text(max_size=30) | st.sampled_from(["1,234", "03/04/2026", "=1+1", "-", "\u0000", "9" * 40]),
        ),
        min_size=10,
        max_size=40,
    )
)
def test_random_cells_never_raise_and_every_problem_names_its_row_and_column(
    wrong: list[tuple[str, str]],
) -> None:
    rows = [
        a_row(creditor_reference=f"R-{n}", **{name: text})
        for n, (name, text) in enumerate(wrong)
        if name != "creditor_reference"
    ]
    read = Read(a_file(rows, HEADERS))
    seen = {row for account in read.accounts for row in account.rows} | {bad.row for bad in read.bad}
    assert len(seen) == len(rows)
    for problem in read.problems:
        assert problem.row > 1
        assert problem.column in HEADERS
        assert problem.what
    errors = {problem.row for problem in read.problems if problem.severity is Severity.ERROR}
    assert errors == {bad.row for bad in read.bad}
