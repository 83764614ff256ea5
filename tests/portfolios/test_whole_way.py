"""From a CSV file as people have them to cases, through the reader that the worker uses."""

from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.holds import open_holds
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.actions.showing import list_findings, show_figures, show_questions
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import (
    answer_questions,
    receive_bytes,
    send_portfolio,
    start_portfolio,
)
from handoff_portal.portfolios.model.dates import DateOrder
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.portfolios.model.said import Asked, Said
from handoff_portal.web.portal import Portal
from people import SignedIn, people
from portfolio_steps import REASON, shown

HEAD = (
    "creditor_reference,debtor_type,debtor_name,email,phone,address,city,country,"
    "invoice_number,invoice_date,due_date,currency,principal\n"
)


def upload(portal: Portal, person: SignedIn, text: str) -> PortfolioId:
    with portal.database.work(person.actor) as work:
        made = start_portfolio(work)
    places = Places(portal.database, portal.objects, 1 << 30)
    receive_bytes(places, person.actor, made, "accounts.csv", iter([text.encode()]))
    with portal.database.work(person.actor) as work:
        send_portfolio(work, made)
    check_next(portal.database, portal.objects, read_files)
    return made


def a_row(number: int, day: str = "2026-03-04", amount: str = "120.50") -> str:
    return (
        f"R-{number},company,Kopi {number},a{number}@kopi.example,+6567000001,1 Tras Street,Singapore,SG,"
        f"I-{number},{day},{day},SGD,{amount}\n"
    )


def test_good_rows_become_cases_and_bad_ones_are_named(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    text = HEAD + a_row(1) + a_row(2, amount="a lot") + a_row(3)
    made = upload(portal, person, text)
    with portal.database.work(person.actor) as work:
        figures = show_figures(work, made)
        assert figures is not None
        assert figures.totals["SGD"].open == 241_00
        found = list(list_findings(work, made))
        assert [bad.row for one in found for bad in one.bad] == [3]
        approve(work, made, REASON)
    commit_next(portal.database)
    assert shown(portal, person.actor, made).done == Done(made=2)


def test_what_only_a_person_can_say_is_asked_once_and_then_used(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = upload(portal, person, HEAD + a_row(1, day="03/04/2026") + a_row(2, day="05/06/2026"))
    with portal.database.work(person.actor) as work:
        asked = show_questions(work, made)
        assert asked is not None
        assert [question.key for question in Asked.decode(asked).questions] == ["dates"]
        answer_questions(work, made, Said(dates=DateOrder.DMY).encode())
    check_next(portal.database, portal.objects, read_files)
    assert shown(portal, person.actor, made).state is State.WAITING


def test_totals_that_do_not_agree_refuse_the_file(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = upload(portal, person, HEAD + a_row(1))
    with portal.database.work(person.actor) as work:
        answer_questions(work, made, Said(totals={"SGD": 1}).encode())
    check_next(portal.database, portal.objects, read_files)
    now = shown(portal, person.actor, made)
    assert (now.state, now.reason) == (State.REFUSED, "totals")


def test_a_customer_who_has_to_be_left_in_peace_is_so_from_the_first_moment(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    head = HEAD.strip() + ",dispute_status,dispute_note,legal_representative\n"
    rows = [a_row(number).strip() for number in (1, 2)]
    text = head + f"{rows[0]},open,Goods came late,Ng & Partners\n{rows[1]},none,,\n"
    made = upload(portal, person, text)
    with portal.database.work(person.actor) as work:
        approve(work, made, REASON)
    commit_next(portal.database)
    assert shown(portal, person.actor, made).done == Done(made=2)
    with portal.database.work(person.actor) as work:
        resting = {}
        for line in list_cases(work, Wanted()).lines:
            case = cases.load_case(work, line.case.id)
            holds = open_holds(work, case, cases.open_key(work, case))
            resting[len(holds)] = {(hold.kind, hold.reason) for hold in holds}
    assert (HoldKind.DISPUTE, "Goods came late") in resting[2]
    assert {kind for kind, _ in resting[2]} == {HoldKind.DISPUTE, HoldKind.REPRESENTED}
    assert resting[0] == set()
