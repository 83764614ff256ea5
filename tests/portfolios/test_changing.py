"""The files of a checked portfolio change: one is taken out, others come; what was said by hand is kept."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.objects.store import ObjectMissing
from handoff_portal.app import open_database
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.documents.model import DocumentKind
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.portfolios.actions.answering import look_at_columns, show_said
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.deciding import approve, cancel, choose_accounts
from handoff_portal.portfolios.actions.papers import assign_papers, leave_out, name_kind
from handoff_portal.portfolios.actions.previewing import show_accounts
from handoff_portal.portfolios.actions.removing import remove_file, reopen, take_out
from handoff_portal.portfolios.actions.showing import list_files, list_findings, load_portfolio
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import answer_questions, receive_bytes, send_portfolio
from handoff_portal.portfolios.model.choosing import Show
from handoff_portal.portfolios.model.papers import Paper, PaperState
from handoff_portal.portfolios.model.portfolio import State, UploadedFile
from handoff_portal.web.portal import Portal
from paper_steps import PDF, a_table, a_zip, finished, in_case, papers_of, sent_with
from people import people
from portfolio_steps import REASON, clear_all, shown
from portfolios.browsing import Browser, check, seen, send, sign_in, upload
from portfolios.browsing import a_row as page_row
from portfolios.browsing import a_table as page_table

_SCANS = {"one.pdf": PDF + b"1", "two.pdf": PDF + b"2", "blank.pdf": PDF + b"3", "R-001/4.pdf": PDF + b"4"}


def placed_by_hand(portal: Portal, actor: Actor) -> PortfolioId:
    """Two scans assigned to accounts, one left out, one that found its account called a statement."""
    made = sent_with(portal, actor, {"accounts.csv": a_table([1, 2]), "papers.zip": a_zip(_SCANS)})
    numbers = {path: paper.number for path, paper in papers_of(portal, actor, made).items()}
    with portal.database.work(actor) as work:
        assign_papers(work, made, [numbers["one.pdf"]], "R-001")
        assign_papers(work, made, [numbers["two.pdf"]], "R-002")
        leave_out(work, made, [numbers["blank.pdf"]], "An empty page of the scanner.")
        name_kind(work, made, [numbers["R-001/4.pdf"]], DocumentKind.STATEMENT)
    return made


def files_of(portal: Portal, actor: Actor, portfolio: PortfolioId) -> dict[str, UploadedFile]:
    with portal.database.work(actor) as work:
        return {file.name: file for file in list_files(work, portfolio)}


def add(portal: Portal, actor: Actor, portfolio: PortfolioId, files: Mapping[str, bytes]) -> None:
    for name, octets in files.items():
        receive_bytes(places(portal), actor, portfolio, name, iter([octets]))
    with portal.database.work(actor) as work:
        send_portfolio(work, portfolio)
    check(portal)


def places(portal: Portal) -> Places:
    return Places(portal.database, portal.objects, 1 << 30)


def where(paper: Paper) -> tuple[PaperState, str]:
    return paper.state, paper.target.label if paper.target else paper.say


def warnings_of(portal: Portal, actor: Actor, portfolio: PortfolioId) -> list[str]:
    with portal.database.work(actor) as work:
        return [one.what for found in list_findings(work, portfolio) for one in found.problems]


def test_what_was_assigned_by_hand_is_kept_when_the_file_is_checked_anew(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    before = {path: where(paper) for path, paper in papers_of(portal, person.actor, made).items()}
    with portal.database.work(person.actor) as work:
        look_at_columns(work, made)
    check(portal)
    assert shown(portal, person.actor, made).state is State.ASKING
    with portal.database.work(person.actor) as work:
        answer_questions(work, made, b"{}")
    check(portal)
    after = papers_of(portal, person.actor, made)
    assert {path: where(paper) for path, paper in after.items()} == before
    assert after["R-001/4.pdf"].kind is DocumentKind.STATEMENT
    assert warnings_of(portal, person.actor, made) == []
    finished(portal, person.actor, made)
    documents, _ = in_case(portal, person.actor, "R-002")
    assert [one.name for one in documents] == ["two.pdf"]


def test_a_worker_that_is_killed_while_checking_anew_forgets_nothing_that_was_assigned(
    portal: Portal,
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    with portal.database.work(person.actor) as work:
        answer_questions(work, made, b"{}")
    with pytest.raises(Killed):
        check_next(portal.database, portal.objects, dies)  # type: ignore[arg-type]
    found = papers_of(portal, person.actor, made)
    assert where(found["two.pdf"])[0] is PaperState.MATCHED
    assert found["two.pdf"].by_hand


def test_an_account_left_out_by_hand_stays_out_when_the_files_change(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2, 3])})
    with portal.database.work(person.actor) as work:
        choose_accounts(work, made, [1, 2])
        choose_accounts(work, made, [2, 3])
    check_anew_after_a_kill(portal, person.actor, made)
    assert left_out(portal, person.actor, made) == ["R-002", "R-003"]
    table = files_of(portal, person.actor, made)["accounts.csv"]
    with portal.database.work(person.actor) as work:
        reopen(work, made)
    remove_file(places(portal), person.actor, made, table.id)
    add(portal, person.actor, made, {"other.csv": a_table([4, 3, 1])})
    assert left_out(portal, person.actor, made) == ["R-003"]
    done = finished(portal, person.actor, made).done
    assert (done.made, done.skipped) == (2, 1)


def test_nothing_is_left_out_of_another_look_that_was_taken_back(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent_with(portal, person.actor, {"accounts.csv": a_table([1, 2])})
    with portal.database.work(person.actor) as work:
        choose_accounts(work, made, [2])
        choose_accounts(work, made, [])
    check_anew_after_a_kill(portal, person.actor, made)
    assert left_out(portal, person.actor, made) == []


def left_out(portal: Portal, actor: Actor, portfolio: PortfolioId) -> list[str]:
    with portal.database.work(actor) as work:
        lines = show_accounts(work, portfolio, Show.LEFT_OUT).lines
        return sorted(one.account.content.creditor_reference for _, one, _ in lines)


def check_anew_after_a_kill(portal: Portal, actor: Actor, portfolio: PortfolioId) -> None:
    """One worker dies over it, the next begins anew."""
    with portal.database.work(actor) as work:
        answer_questions(work, portfolio, b"{}")
    with pytest.raises(Killed):
        check_next(portal.database, portal.objects, dies)  # type: ignore[arg-type]
    later = timedelta(minutes=3)
    database = open_database(portal.settings, lambda: utc_now() + later)
    with database.worker() as work:
        load_system_keys(work)
    while check_next(database, portal.objects, read_files):
        pass
    database.close()


class Killed(BaseException):
    """What nobody catches."""


def dies(*_: object) -> None:
    raise Killed


def test_an_assignment_whose_account_is_gone_is_told_and_asked_again(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    table = files_of(portal, person.actor, made)["accounts.csv"]
    with portal.database.work(person.actor) as work:
        reopen(work, made)
    assert remove_file(places(portal), person.actor, made, table.id) is State.UPLOADING
    add(portal, person.actor, made, {"shorter.csv": a_table([3, 1])})
    found = papers_of(portal, person.actor, made)
    assert where(found["one.pdf"]) == (PaperState.MATCHED, "R-001")
    assert found["one.pdf"].target is not None
    assert found["one.pdf"].target.ordinal == 2
    assert found["two.pdf"].state is PaperState.OPEN
    assert found["blank.pdf"].state is PaperState.LEFT_OUT
    (said,) = warnings_of(portal, person.actor, made)
    assert "“two.pdf” had been assigned to R-002" in said
    finished_one, _ = ready_and_done(portal, person.actor, made)
    assert {one.name for one in finished_one} == {"one.pdf", "4.pdf"}


def ready_and_done(portal: Portal, actor: Actor, portfolio: PortfolioId) -> tuple[list, list]:  # type: ignore[type-arg]
    with portal.database.work(actor) as work:
        leave_out(work, portfolio, [], "Its account is not here.")
    finished(portal, actor, portfolio)
    return in_case(portal, actor, "R-001")


def test_a_removed_file_is_gone_and_the_rest_is_checked_anew(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    archive = files_of(portal, person.actor, made)["papers.zip"]
    assert remove_file(places(portal), person.actor, made, archive.id) is State.CHECKING
    with pytest.raises(ObjectMissing):
        list(portal.objects.read(f"portfolios/{archive.id}"))
    with pytest.raises(WrongState):
        remove_file(places(portal), person.actor, made, archive.id)
    check(portal)
    assert set(files_of(portal, person.actor, made)) == {"accounts.csv"}
    assert papers_of(portal, person.actor, made) == {}
    with portal.database.work(person.actor) as work:
        assert load_portfolio(work, made).state is State.WAITING
        assert show_said(work, made).look is False
        approve(work, made, REASON)
    with pytest.raises(WrongState):
        remove_file(places(portal), person.actor, made, archive.id)


def test_a_stranger_removes_nothing_and_a_file_is_removed_once(portal: Portal) -> None:
    person, stranger = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    archive = files_of(portal, person.actor, made)["papers.zip"]
    with pytest.raises(NotFound):
        remove_file(places(portal), stranger.actor, made, archive.id)
    with portal.database.work(person.actor) as work:
        reopen(work, made)
    remove_file(places(portal), person.actor, made, archive.id)
    with pytest.raises(NotFound):
        remove_file(places(portal), person.actor, made, archive.id)


def test_what_is_left_of_a_removed_file_goes_when_the_store_answers_again(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = placed_by_hand(portal, person.actor)
    table = files_of(portal, person.actor, made)["accounts.csv"]
    with portal.database.work(person.actor) as work:
        reopen(work, made)
    with portal.database.work(person.actor) as work:
        take_out(work, made, table.id)  # as if the process had ended here
    with portal.database.work(person.actor) as work:
        cancel(work, made)
    clear_all(portal)
    with pytest.raises(ObjectMissing):
        list(portal.objects.read(f"portfolios/{table.id}"))


def test_files_are_removed_and_added_without_scripts(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(
        client, token, ("wrong.csv", page_table(page_row(1))), ("accounts.csv", page_table(page_row(2)))
    )
    shown_first = client.get(place).text
    assert shown_first.count("/remove") == 2
    wrong = next(
        part.split('"')[0]
        for part in shown_first.split('action="')[1:]
        if part.split('"')[0].endswith("/remove")
    )
    answer = client.post(wrong, data={"csrf_token": token})
    assert "The file is removed." in seen(answer.text)
    assert "wrong.csv" not in seen(answer.text)
    send(client, token, place)
    check(portal)
    assert "Add files" in seen(client.get(place).text)
    again = client.post(f"{place}/reopen", data={"csrf_token": token})
    assert "Check this portfolio" in seen(again.text)
    last = next(
        part.split('"')[0]
        for part in again.text.split('action="')[1:]
        if part.split('"')[0].endswith("/remove")
    )
    empty = client.post(last, data={"csrf_token": token})
    assert "Check this portfolio" not in seen(empty.text)
