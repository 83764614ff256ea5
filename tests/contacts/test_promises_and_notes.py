from datetime import date, timedelta

import pytest

from at_work import AtWork, a_case_at_work
from contact_steps import actions_of, local_today, log, moments
from handoff_builders import a_ready_case
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, Turn
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import history, holds, notes, promises
from handoff_portal.contacts.model.communications import (
    Direction,
    HistoryEntry,
    Promised,
    Source,
    Stage,
    Words,
)
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.contacts.model.promises import PromiseState
from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import WrongState
from handoff_portal.web.portal import Portal
from people import people


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal)


def test_history_is_added_summarised_and_taken_back_only_while_the_case_is_a_draft(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        case = cases.start_draft(work)
        key = cases.open_key(work, case)
        day = work.now - timedelta(days=30)
        said = Words("Ms Tan", "accounts@kopi.example", "Reminder", "Dear customer", ("notice.pdf",))
        entries = [
            HistoryEntry(Channel.EMAIL, Direction.OUT, day, "Asia/Singapore", said, Stage.REMINDER_1),
            HistoryEntry(Channel.CALL, Direction.IN, day + timedelta(days=2), "Asia/Singapore", said),
            HistoryEntry(
                Channel.LETTER, Direction.OUT, day + timedelta(days=9), "UTC", said, Stage.FINAL_NOTICE
            ),
            HistoryEntry(Channel.EMAIL, Direction.IN, None, "UTC", said, source=Source.MAIL),
        ]
        made = history.add_history(work, case, key, entries)
    with portal.database.work(business.actor) as work:
        summary = history.summarise(work, case)
        assert (summary.count, summary.reminders, summary.personal, summary.undated) == (4, 1, 1, 1)
        assert (summary.first_at, summary.final_notice_at) == (day, day + timedelta(days=9))
        found = history.list_history(work, case, key)
        assert found[0].occurred_at is None
        assert [one.words for one in found] == [said] * 4
        history.remove_history(work, case, made[0])
    with portal.database.work(business.actor) as work:
        assert history.summarise(work, case).count == 3


def test_history_after_submission_stays(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_ready_case(portal, business)
    with portal.database.work(business.actor) as work, pytest.raises(WrongState):
        history.add_history(work, case, cases.open_key(work, case), [])


def test_a_promise_stops_contact_until_its_day_and_a_payment_ends_both(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    today = local_today(at_work)
    promised = Promised(50_00, today + timedelta(days=7))
    log(at_work, at_work.agency.actor, Disposition.PTP, promised=promised)
    answer = at_work.do(at_work.agency.actor, holds.may_contact_now)
    assert not answer.allowed
    assert answer.next_at is not None
    assert "CANARY" not in str(actions_of(postgres, at_work))

    def pay(work: Work, case: Case, key: CaseKey) -> None:
        promises.settle_promises(work, case, key, today, 50_00)

    at_work.do(at_work.agency.actor, pay)
    assert at_work.do(at_work.agency.actor, holds.may_contact_now).allowed
    (promise,) = at_work.do(at_work.business.actor, lambda work, case, _: promises.list_promises(work, case))
    assert promise.state is PromiseState.KEPT
    assert actions_of(postgres, at_work)[-2:] == ["promise.kept", "hold.lifted"]


def test_a_question_is_the_other_sides_turn_until_they_answer(at_work: AtWork) -> None:
    def say(actor: Actor, text: str, *, asks: bool) -> None:
        at_work.do(actor, lambda work, case, key: notes.send_note(work, case, key, text, asks_answer=asks))

    say(at_work.agency.actor, "May they pay in three parts?", asks=True)
    case = at_work.look(at_work.business.actor)
    assert case.turn is Turn.BUSINESS
    assert case.turn_until is not None
    with at_work.portal.database.work(at_work.business.actor) as work:
        assert notes.cases_with_question(work, [case.id]) == {case.id}
    log(at_work, at_work.agency.actor, Disposition.NA)
    assert at_work.look(at_work.business.actor).turn is Turn.BUSINESS
    say(at_work.business.actor, "Yes, gladly", asks=False)
    assert at_work.look(at_work.business.actor).turn is Turn.AGENCY
    with at_work.portal.database.work(at_work.business.actor) as work:
        assert notes.cases_with_question(work, [case.id]) == set()
    question, _, _ = moments(at_work, at_work.business.actor)
    assert ("Answered", "good") in question.chips


def test_the_timeline_has_everything_of_both_sides_in_the_order_of_time(at_work: AtWork) -> None:
    log(at_work, at_work.agency.actor, Disposition.RPC)
    at_work.do(
        at_work.business.actor,
        lambda work, case, key: holds.place_hold(work, case, key, HoldKind.COMPLAINT, "A rude call"),
    )
    at_work.do(
        at_work.agency.actor,
        lambda work, case, key: notes.send_note(work, case, key, "We are sorry", asks_answer=False),
    )
    found = moments(at_work, at_work.business.actor)
    assert [one.look for one in found] == ["phone", "hold", "note"]
    assert [one.side for one in found] == ["agency", "business", "agency"]
    assert [one.at for one in found] == sorted(one.at for one in found if one.at)


def test_a_promise_whose_day_and_grace_passed_is_called_broken_by_the_sweep(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    today = local_today(at_work)
    log(at_work, at_work.agency.actor, Disposition.PTP, promised=Promised(50_00, today))
    promises.break_promises(at_work.portal.database)
    assert "promise.broken" not in actions_of(postgres, at_work)
    with postgres.administrator("portal") as connection:
        long_ago = today - timedelta(days=10)
        connection.execute("update promise set due_on = %s where case_id = %s", (long_ago, at_work.case))
    promises.break_promises(at_work.portal.database)
    assert actions_of(postgres, at_work)[-1] == "promise.broken"


def test_promises_due_are_listed_for_the_agency_that_noted_them(at_work: AtWork) -> None:
    today: date = local_today(at_work) + timedelta(days=1)
    log(at_work, at_work.agency.actor, Disposition.PTP, promised=Promised(70_00, today))
    with at_work.portal.database.work(at_work.agency.actor) as work:
        assert [one.minor for one in promises.list_promises_due(work, today)] == [70_00]
        assert promises.list_promises_due(work, today - timedelta(days=2)) == []
