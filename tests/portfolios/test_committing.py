"""A portfolio becomes cases: each as if somebody had typed it in."""

import json
from hashlib import sha256

import psycopg
import pytest

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.leaf import decode
from handoff_portal.cases.actions import cases
from handoff_portal.cases.actions.finding import list_cases
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, Case, CaseState, Turn
from handoff_portal.cases.model.events import CaseEdited
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import list_history
from handoff_portal.core.events import Code
from handoff_portal.core.ids import EntryId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden
from handoff_portal.intake.actions.readiness import show_judgement
from handoff_portal.intake.actions.receipts import check_receipt
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import approve, choose_accounts
from handoff_portal.portfolios.actions.receipts import write_receipt
from handoff_portal.portfolios.actions.showing import list_staged, show_figures
from handoff_portal.portfolios.model.portfolio import Done, Standing, State
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation, people
from portfolio_steps import REASON, a_file, an_account, approved, checked, clear_all, committed, shown


def test_every_account_becomes_a_case_with_everything_in_it(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    done = committed(portal, person.actor, a_file(3))
    assert (done.state, done.done) == (State.DONE, Done(made=3))
    with portal.database.work(person.actor) as work:
        (line,) = list_cases(work, Wanted(search="ACC-000002")).lines
        case = cases.load_case(work, line.case.id)
        key = cases.open_key(work, case)
        assert (case.state, case.turn, case.balance.total) == (CaseState.READY, Turn.BUSINESS, 150_00)
        wanted = an_account(2)
        assert cases.read_customer(work, case, key) == wanted.content.customer
        assert cases.read_terms(work, case, key) == wanted.content.terms
        claims = cases.list_claims(work, case, key)
        assert [claim.number for claim in claims] == ["2-1", "2-2"]
        entries = cases.list_entries(work, case)
        assert {entry.source for entry in entries} == {claim.id for claim in claims}
        said = list_history(work, case, key)
        assert [one.words for one in said] == [one.words for one in wanted.history]
        judged = show_judgement(work, case, key)
        assert judged is not None
        assert [line.rule for line in judged.exceptions]


def test_the_same_file_twice_changes_nothing(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    committed(portal, person.actor, a_file(30))
    again = checked(portal, person.actor, a_file(30))
    with portal.database.work(person.actor) as work:
        figures = show_figures(work, again)
        assert figures is not None
        assert figures.standings == {Standing.UNCHANGED: 30}
        assert figures.same_file_as is not None
        before = everything(work, 7)
        approve(work, again)
    commit_next(portal.database)
    assert shown(portal, person.actor, again).done == Done(unchanged=30)
    with portal.database.work(person.actor) as work:
        assert everything(work, 7) == before


def test_a_changed_balance_becomes_an_entry_and_no_new_case(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    committed(portal, person.actor, a_file(5))
    again = checked(portal, person.actor, a_file(6, n2=90_00, n3=200_00))
    with portal.database.work(person.actor) as work:
        figures = show_figures(work, again)
        assert figures is not None
        assert figures.standings == {Standing.UNCHANGED: 3, Standing.CHANGED: 2, Standing.NEW: 1}
        assert figures.deltas == {"SGD": -10_00}
        approve(work, again, REASON)
    commit_next(portal.database)
    assert shown(portal, person.actor, again).done == Done(made=1, adjusted=2, unchanged=3)
    with portal.database.work(person.actor) as work:
        case, *_ = everything(work, 2)
        entries = cases.list_entries(work, case)
        assert case.balance.total == 90_00
        assert [entry.kind for entry in entries][-1] is EntryKind.ADJUSTMENT
        assert sum(entry.change.total for entry in entries) == 90_00
    third = committed(portal, person.actor, a_file(6, n2=90_00, n3=200_00))
    assert third.done == Done(unchanged=6)


def test_a_file_that_says_the_same_changes_nothing_after_a_payment(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    committed(portal, person.actor, a_file(1))
    with portal.database.work(person.actor) as work:
        case, *_ = everything(work, 1)
        paid = Entry(
            EntryId(new_id()), EntryKind.PAYMENT, Balance(principal=-40_00), work.now.date(), work.now
        )
        cases.post_entry(work, case, paid, CaseEdited(case=case.id, own=case.business, step=Code("test")))
    assert committed(portal, person.actor, a_file(1)).done == Done(unchanged=1)
    assert committed(portal, person.actor, a_file(1, n1=110_00)).done == Done(unchanged=1)
    assert committed(portal, person.actor, a_file(1, n1=100_00)).done == Done(adjusted=1)


def test_accounts_that_are_not_ready_stay_out_unless_somebody_takes_the_responsibility(
    portal: Portal,
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    assert committed(portal, person.actor, a_file(4), reason="").done == Done(skipped=4)
    assert committed(portal, person.actor, a_file(4)).done == Done(made=4)


def test_only_an_administrator_makes_exceptions(portal: Portal) -> None:
    business = an_organisation(portal, OrgKind.BUSINESS)
    member = a_person(portal, business, Role.BUSINESS_MEMBER)
    with pytest.raises(Forbidden):
        approved(portal, member.actor, a_file(2))


def test_accounts_that_were_left_out_stay_out(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = checked(portal, person.actor, a_file(700))
    with portal.database.work(person.actor) as work:
        choose_accounts(work, made, [1, 700, 9999])
        choose_accounts(work, made, [2, 500, 501])
        assert [n for n, _, chosen in list_staged(work, made, 0) if not chosen] == [2, 500]
        approve(work, made, REASON)
    commit_next(portal.database)
    assert shown(portal, person.actor, made).done == Done(made=697, skipped=3)
    with portal.database.work(person.actor) as work:
        assert not list_cases(work, Wanted(search="ACC-000501")).lines


def test_the_log_names_the_person_who_said_so_once_a_case(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = committed(portal, person.actor, a_file(12))
    rows = administrator.execute(
        "select actor_id, case_seq, action, leaf from audit_event"
        " where own_org_id = %s and case_id is not null",
        (person.actor.org,),
    ).fetchall()
    assert {row[:3] for row in rows} == {(person.actor.person, 1, "case.imported")}
    assert len(rows) == 12
    said = [decode(bytes(row[3]))["d"] for row in rows]
    assert {one["portfolio"] for one in said} == {str(made.id)}
    assert sorted(one["ordinal"] for one in said) == list(range(1, 13))


def test_what_was_uploaded_is_gone_when_all_is_done(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = committed(portal, person.actor, a_file(12))
    assert clear_all(portal) >= 1
    (key,) = administrator.execute(
        "select object_key from portfolio_file where portfolio_id = %s", (made.id,)
    ).fetchone() or ("",)
    assert not portal.objects.exists(key)
    left = "select count(*) from portfolio_chunk where portfolio_id = %s and sealed is not null"
    assert administrator.execute(left, (made.id,)).fetchone() == (0,)


def test_the_receipt_lists_every_account_and_file_and_can_be_checked(portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    octets = a_file(6)
    made = committed(portal, person.actor, octets)
    with portal.database.work(person.actor) as work:
        given = b"".join(write_receipt(work, made.id))
        checked_now = check_receipt(work, given)
        assert (checked_now.genuine, checked_now.known) == (True, True)
        whole = json.loads(given)
        assert [one["account"] for one in whole["accounts"]] == list(range(1, 7))
        assert whole["receipt"]["files"][0]["sha256"] == sha256(octets).hexdigest()
        changed = given.replace(b'"did":"made"', b'"did":"left"', 1)
        assert check_receipt(work, changed).differs
        assert not check_receipt(work, changed).genuine


def everything(work: Work, number: int) -> tuple[Case, list[Entry], object]:
    """The case of an account with its entries."""
    (line,) = list_cases(work, Wanted(search=f"ACC-{number:06d}")).lines
    case = cases.load_case(work, line.case.id)
    return case, cases.list_entries(work, case), cases.read_customer(work, case, cases.open_key(work, case))
