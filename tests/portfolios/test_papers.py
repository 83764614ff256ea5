"""Papers and mail beside a table of accounts: matched, asked about, stored under their cases, listed."""

import json
from hashlib import sha256

import psycopg
import pytest

from handoff_portal.contacts.model.communications import Direction, Source, Stage
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.documents.actions.papers import open_document
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.receipts import check_receipt
from handoff_portal.portfolios.actions.deciding import approve, cancel
from handoff_portal.portfolios.actions.papers import (
    assign_papers,
    leave_out,
    list_papers,
    name_kind,
    show_papers,
)
from handoff_portal.portfolios.actions.receipts import write_receipt
from handoff_portal.portfolios.actions.showing import list_findings, show_figures
from handoff_portal.portfolios.model.papers import PaperState
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.web.portal import Portal
from paper_steps import (
    PDF,
    a_mail,
    a_mailbox,
    a_table,
    a_zip,
    finished,
    in_case,
    papers_of,
    sent_with,
    states_of,
    work_off,
)
from people import people
from portfolio_steps import REASON, shown

MATCHED, OPEN, STORED = PaperState.MATCHED, PaperState.OPEN, PaperState.STORED


def test_papers_go_to_the_cases_of_their_accounts(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {
        "R-001/contract.pdf": PDF + b"one",
        "R-002/scan.pdf": PDF + b"two",
        "inv_1002.pdf": PDF + b"three",
        "K-3/delivery note.pdf": PDF + b"four",
    }
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2, 3]), "papers.zip": a_zip(files)})
    assert states_of(portal, person.actor, made) == dict.fromkeys(files, MATCHED)
    done = finished(portal, person.actor, made)
    assert (done.state, done.done) == (State.DONE, Done(made=3))
    assert states_of(portal, person.actor, made) == dict.fromkeys(files, STORED)
    (contract,), _ = in_case(portal, person.actor, "R-001")
    assert (contract.name, contract.kind) == ("contract.pdf", DocumentKind.CONTRACT)
    assert contract.sha256 == sha256(PDF + b"one").digest()
    second, _ = in_case(portal, person.actor, "R-002")
    assert {one.kind for one in second} == {DocumentKind.OTHER, DocumentKind.INVOICE}
    with portal.database.work(person.actor) as work:
        opened = open_document(work, contract.case, contract.id)
    assert b"".join(opened.read(portal.objects, 0, contract.size)) == PDF + b"one"


def test_what_matches_nothing_or_several_waits_for_a_person(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {"scan.pdf": PDF, "R-001 and R-002.pdf": PDF + b"x", "R-001/a.pdf": PDF + b"y"}
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2]), "papers.zip": a_zip(files)})
    found = papers_of(portal, person.actor, made)
    assert {name: one.state for name, one in found.items()} == {
        "scan.pdf": OPEN,
        "R-001 and R-002.pdf": OPEN,
        "R-001/a.pdf": MATCHED,
    }
    assert [one.label for one in found["R-001 and R-002.pdf"].candidates] == [
        "R-001 · Kopi 1",
        "R-002 · Kopi 2",
    ]
    with portal.database.work(person.actor) as work:
        assert show_papers(work, made).open == 2
        with pytest.raises(Invalid, match="2 files belong to no account"):
            approve(work, made, REASON)
        with pytest.raises(Invalid, match="There is no account"):
            assign_papers(work, made, [found["scan.pdf"].number], "R-999")
        with pytest.raises(Invalid, match="why"):
            leave_out(work, made, [], "no")
        assert assign_papers(work, made, [found["R-001 and R-002.pdf"].number], "r-002") == 1
        name_kind(work, made, [found["R-001 and R-002.pdf"].number], DocumentKind.STATEMENT)
        assert leave_out(work, made, [], "It is a blank page of the scanner.") == 1
    finished(portal, person.actor, made)
    assert states_of(portal, person.actor, made)["scan.pdf"] is PaperState.LEFT_OUT
    (given,), _ = in_case(portal, person.actor, "R-002")
    assert (given.name, given.kind) == ("R-001 and R-002.pdf", DocumentKind.STATEMENT)
    with portal.database.work(person.actor) as work, pytest.raises(WrongState):
        assign_papers(work, made, [0], "R-001")


def test_the_preview_counts_papers_and_mail_that_come_with_an_account(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    alone = sent_with(portal, person.actor, {"accounts.csv": a_table([1])})
    files = {
        "R-001/signed contract.pdf": PDF,
        "R-001/1.eml": a_mail("First reminder INV-1001", "a1@kopi.example", 60),
        "R-001/2.eml": a_mail("Second reminder INV-1001", "a1@kopi.example", 40),
        "R-001/3.eml": a_mail("Final notice INV-1001", "a1@kopi.example", 30),
    }
    both = sent_with(portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip(files)})
    with portal.database.work(person.actor) as work:
        before, after = show_figures(work, alone), show_figures(work, both)
    assert before is not None
    assert after is not None
    met = before.failing.keys() - after.failing.keys()
    assert {"contract_on_file", "reminders", "final_notice"} & met, (before.failing, after.failing)
    assert after.ready + after.exceptions + after.barred == 1


def test_mail_becomes_history_with_its_attachments(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {
        "R-001/reminder.eml": a_mail("Second reminder", "a1@kopi.example", 50, PDF + b"copy"),
        "mails/x.eml": a_mail("About INV-1002", "somebody@else.example", 40),
        "mails/y.eml": a_mail("Hello", "A2@Kopi.example", 30),
        "mails/z.eml": a_mail("Hello", "stranger@else.example", 20),
        "R-002/broken.eml": b"\x00\x01\x02 this is no mail" * 9,
    }
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2]), "papers.zip": a_zip(files)})
    states = states_of(portal, person.actor, made)
    assert [name for name, state in states.items() if state is OPEN] == ["mails/z.eml"]
    with portal.database.work(person.actor) as work:
        leave_out(work, made, [], "Not about these accounts.")
    finished(portal, person.actor, made)
    documents, said = in_case(portal, person.actor, "R-001")
    assert {one.kind for one in documents} == {DocumentKind.MAIL, DocumentKind.ATTACHMENT}
    (mail,) = said
    assert (mail.source, mail.direction, mail.stage) == (Source.MAIL, Direction.OUT, Stage.REMINDER_2)
    assert set(mail.documents) == {one.id for one in documents}
    documents, said = in_case(portal, person.actor, "R-002")
    assert [one.words.subject for one in said] == ["About INV-1002", "Hello"]
    assert len(documents) == 3
    broken = papers_of(portal, person.actor, made)["R-002/broken.eml"]
    assert broken.state is STORED
    assert "kept as a document" in broken.say


def test_each_mail_of_a_mailbox_finds_its_own_account(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    mails = [a_mail(f"Reminder INV-{1000 + n}", f"a{n}@kopi.example", 90 - n) for n in (1, 2, 1)]
    files = {"outbox.mbox": a_mailbox([*mails, a_mail("Lunch", "friend@else.example")])}
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2]), "papers.zip": a_zip(files)})
    assert list(states_of(portal, person.actor, made).values()) == [MATCHED, MATCHED, MATCHED, OPEN]
    with portal.database.work(person.actor) as work:
        leave_out(work, made, [], "It is private.")
    finished(portal, person.actor, made)
    assert len(in_case(portal, person.actor, "R-001")[1]) == 1  # the third is the first once more
    assert len(in_case(portal, person.actor, "R-002")[1]) == 1
    assert PaperState.KNOWN in states_of(portal, person.actor, made).values()


def test_a_history_file_inside_the_archive_joins_by_reference(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    history = (
        b"creditor_reference,occurred_at,channel,direction,subject,body_or_summary\n"
        b"R-001,2026-05-02T09:00:00+08:00,call,out,,We spoke about it.\n"
    )
    files = {"communication history.csv": history, "R-001/a.pdf": PDF}
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip(files)})
    used = papers_of(portal, person.actor, made)["communication history.csv"]
    assert (used.state, used.say) == (PaperState.LEFT_OUT, "It was read as the history of the accounts.")
    finished(portal, person.actor, made)
    (said,) = in_case(portal, person.actor, "R-001")[1]
    assert said.words.text == "We spoke about it."


def test_what_cannot_be_taken_says_why_and_stops_nothing(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    inner = a_zip({"x.pdf": PDF})
    files = {
        "R-001/setup.exe": b"MZ" + bytes(200),
        "R-001/scan.pdf": b"\x7fELF" + bytes(200),
        "R-001/empty.pdf": b"",
        "../R-001/up.pdf": PDF,
        "R-001/inner.zip": inner,
        "Thumbs.db": b"x",
    }
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip(files)})
    finished(portal, person.actor, made)
    refused = PaperState.REFUSED
    assert states_of(portal, person.actor, made) == {
        "R-001/setup.exe": refused,
        "R-001/scan.pdf": refused,
        "R-001/empty.pdf": refused,
        "../R-001/up.pdf": refused,
        "R-001/inner.zip": STORED,
    }
    assert "archive" in papers_of(portal, person.actor, made)["R-001/inner.zip"].say
    assert all(one.say for one in papers_of(portal, person.actor, made).values())


def test_an_archive_that_cannot_be_read_is_a_problem_and_the_accounts_go_on(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    bomb = a_zip({"R-001/a.pdf": bytes(60_000_000)})
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": bomb, "b.zip": b"no"})
    with portal.database.work(person.actor) as work:
        said = [problem.what for found in list_findings(work, made) for problem in found.problems]
    assert any("times its size" in one for one in said)
    assert any("damaged" in one for one in said)
    assert finished(portal, person.actor, made).done == Done(made=1)


def test_papers_of_accounts_that_stay_out_are_not_stored_and_said_so(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent_with(
        portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip({"R-001/a.pdf": PDF})}
    )
    with portal.database.work(person.actor) as work:
        approve(work, made)
    work_off(portal)
    assert shown(portal, person.actor, made).done == Done(skipped=1)
    assert states_of(portal, person.actor, made) == {"R-001/a.pdf": PaperState.SKIPPED}


def test_papers_without_a_table_go_to_cases_that_exist(portal: Portal) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    finished(portal, person.actor, sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2])}))
    files = {
        "R 001/late.pdf": PDF,
        "x.pdf": PDF + b"x",
        "late.eml": a_mail("About R-002", "a2@kopi.example", 9),
    }
    late = {"late.zip": a_zip(files)}
    theirs = sent_with(portal, other.actor, late)
    assert set(states_of(portal, other.actor, theirs).values()) == {OPEN}
    made = sent_with(portal, person.actor, late)
    assert shown(portal, person.actor, made).state is State.WAITING
    found = papers_of(portal, person.actor, made)
    assert found["R 001/late.pdf"].state is MATCHED
    assert found["late.eml"].state is MATCHED
    with portal.database.work(person.actor) as work:
        assert assign_papers(work, made, [found["x.pdf"].number], "R-002") == 1
    done = finished(portal, person.actor, made)
    assert (done.state, done.done) == (State.DONE, Done())
    assert [one.name for one in in_case(portal, person.actor, "R-001")[0]] == ["late.pdf"]
    documents, said = in_case(portal, person.actor, "R-002")
    assert {one.name for one in documents} == {"x.pdf", "late.eml"}
    assert [one.words.subject for one in said] == ["About R-002"]


def test_the_same_archive_twice_stores_nothing_twice(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {"accounts.csv": a_table([1]), "papers.zip": a_zip({"R-001/a.pdf": PDF, "R-001/b.pdf": PDF})}
    finished(portal, person.actor, sent_with(portal, person.actor, files))
    again = sent_with(portal, person.actor, files)
    finished(portal, person.actor, again)
    assert set(states_of(portal, person.actor, again).values()) == {PaperState.KNOWN}
    assert len(in_case(portal, person.actor, "R-001")[0]) == 1


def test_the_receipt_lists_every_paper_with_its_digest(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {"R-001/a.pdf": PDF, "R-001/empty.pdf": b""}
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip(files)})
    finished(portal, person.actor, made)
    with portal.database.work(person.actor) as work:
        given = b"".join(write_receipt(work, made))
        assert check_receipt(work, given).genuine
        listed = {one["name"]: one for one in json.loads(given)["papers"]}
        assert listed["R-001/a.pdf"]["sha256"] == sha256(PDF).hexdigest()
        assert listed["R-001/empty.pdf"]["did"] == "refused"
        assert not check_receipt(work, given.replace(b"R-001/a.pdf", b"R-001/b.pdf")).genuine


def test_a_portfolio_that_is_stopped_stores_no_more_papers(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent_with(
        portal, person.actor, {"accounts.csv": a_table([1]), "papers.zip": a_zip({"R-001/a.pdf": PDF})}
    )
    with portal.database.work(person.actor) as work:
        approve(work, made, REASON)
        cancel(work, made)
    work_off(portal)
    assert states_of(portal, person.actor, made) == {"R-001/a.pdf": MATCHED}


def test_papers_are_there_for_their_business_alone(portal: Portal, administrator: psycopg.Connection) -> None:
    person, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    files = {"accounts.csv": a_table([1]), "papers.zip": a_zip({"secret-canary.pdf": PDF})}
    made = sent_with(portal, person.actor, files)
    with portal.database.work(other.actor) as work:
        assert show_papers(work, made).all == 0
        with pytest.raises(NotFound):
            list_papers(work, made)
    rows = administrator.execute("select p::text from portfolio_paper p where portfolio_id = %s", (made,))
    assert all("canary" not in row[0] for row in rows.fetchall())
