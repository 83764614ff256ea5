from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from at_work import AtWork, a_case_at_work, a_ready_case
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, Turn
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, history, holds, notes, promises, timeline
from handoff_portal.contacts.model.communications import (
    ContactEntry,
    Direction,
    HistoryEntry,
    Party,
    Promised,
    Source,
    Stage,
    Words,
)
from handoff_portal.contacts.model.dispositions import Disposition, NonPaymentReason, ReceivedAs
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.contacts.model.promises import PromiseState
from handoff_portal.contacts.model.timeline import Moment
from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import a_person, people


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal)


def an_entry(now: datetime, code: Disposition | None = Disposition.RPC, **changes: object) -> ContactEntry:
    values: dict[str, object] = {
        "channel": Channel.CALL,
        "direction": Direction.OUT,
        "occurred_at": now,
        "words": Words(author="Aisha Noor", text="CANARY-said this about the invoice."),
        "disposition": code,
        "received_as": ReceivedAs.NEUTRAL,
    }
    return ContactEntry(**{**values, **changes})  # type: ignore[arg-type]


def local_today(at_work: AtWork) -> date:
    return at_work.portal.database.clock().astimezone(ZoneInfo("Asia/Singapore")).date()


def log(
    at_work: AtWork, actor: Actor, code: Disposition | None = Disposition.RPC, **changes: object
) -> contacts.Logged:
    def intention(work: Work, case: Case, key: CaseKey) -> contacts.Logged:
        return contacts.log_contact(work, case, key, an_entry(work.now, code, **changes))

    return at_work.do(actor, intention)


def moments(at_work: AtWork, actor: Actor) -> list[Moment]:
    return at_work.do(actor, timeline.list_timeline)


def actions_of(postgres: EmbeddedPostgres, at_work: AtWork) -> list[str]:
    with postgres.administrator("portal") as connection:
        query = "select action from audit_event where case_id = %s order by case_seq"
        return [row[0] for row in connection.execute(query, (at_work.case,))]


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
    case_id = a_ready_case(portal, business.actor)
    with portal.database.work(business.actor) as work:
        case = cases.load_case(work, case_id)
        with pytest.raises(WrongState):
            history.add_history(work, case, cases.open_key(work, case), [])


def test_a_contact_is_sealed_and_both_sides_read_it(at_work: AtWork, postgres: EmbeddedPostgres) -> None:
    log(at_work, at_work.agency.actor, received_as=ReceivedAs.KINDLY)
    for side in (at_work.agency, at_work.business):
        (moment,) = moments(at_work, side.actor)
        assert (moment.side, moment.text) == ("agency", "CANARY-said this about the invoice.")
        assert moment.zone == "Asia/Singapore"
    with postgres.administrator("portal") as connection:
        found = connection.execute("select sealed from communication where case_id = %s", (at_work.case,))
        assert all(b"CANARY" not in row[0] for row in found)


def test_a_stranger_reads_nothing_of_it(at_work: AtWork, portal: Portal) -> None:
    log(at_work, at_work.agency.actor)
    for stranger in people(portal, [OrgKind.BUSINESS, OrgKind.AGENCY]):
        with pytest.raises(NotFound):
            moments(at_work, stranger.actor)


@pytest.mark.parametrize(
    ("code", "kind", "turn"),
    [
        (Disposition.DSP, HoldKind.DISPUTE, Turn.BUSINESS),
        (Disposition.HSP, HoldKind.HARDSHIP, Turn.AGENCY),
        (Disposition.CND, HoldKind.CEASE, Turn.BUSINESS),
        (Disposition.CMP, HoldKind.COMPLAINT, Turn.AGENCY),
    ],
)
def test_a_code_that_stops_contact_places_its_hold_at_once(
    at_work: AtWork, postgres: EmbeddedPostgres, code: Disposition, kind: HoldKind, turn: Turn
) -> None:
    assert log(at_work, at_work.agency.actor, code).holds == (kind,)
    for side in (at_work.agency, at_work.business):
        answer = at_work.do(side.actor, holds.may_contact_now)
        assert not answer.allowed
        assert [hold.kind for hold in answer.holds] == [kind]
    assert at_work.look(at_work.business.actor).turn is turn
    assert actions_of(postgres, at_work)[-2:] == ["contact.logged", "hold.placed"]


def test_a_hardship_reason_gives_the_customer_time_whatever_the_code(at_work: AtWork) -> None:
    logged = log(at_work, at_work.agency.actor, Disposition.RPC, reason=NonPaymentReason.ILLNESS)
    assert logged.holds == (HoldKind.HARDSHIP,)


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


def test_a_contact_against_a_hold_is_kept_flagged_and_handed_to_the_business(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    log(at_work, at_work.agency.actor, Disposition.HSP)
    logged = log(at_work, at_work.agency.actor, Disposition.LV)
    assert [hold.kind for hold in logged.against] == [HoldKind.HARDSHIP]
    assert actions_of(postgres, at_work)[-2:] == ["contact.logged", "contact.against_hold"]
    case = at_work.look(at_work.business.actor)
    assert case.turn is Turn.BUSINESS
    assert case.turn_until is not None
    flagged = [one for one in moments(at_work, at_work.business.actor) if one.remark]
    assert [("Against a hold" in dict(one.chips)) for one in flagged] == [True]


def test_answering_the_customer_or_their_lawyer_goes_against_no_hold(at_work: AtWork) -> None:
    log(at_work, at_work.agency.actor, Disposition.REP)
    assert log(at_work, at_work.agency.actor, direction=Direction.IN).against == ()
    assert log(at_work, at_work.agency.actor, party=Party.REPRESENTATIVE).against == ()
    assert log(at_work, at_work.agency.actor).against != ()


def test_a_contact_that_happened_before_the_hold_does_not_go_against_it(at_work: AtWork) -> None:
    before = at_work.portal.database.clock()
    log(at_work, at_work.agency.actor, Disposition.HSP)
    assert log(at_work, at_work.agency.actor, occurred_at=before).against == ()


def test_a_time_to_come_is_refused(at_work: AtWork) -> None:
    later = at_work.portal.database.clock() + timedelta(hours=1)
    with pytest.raises(Invalid):
        log(at_work, at_work.agency.actor, occurred_at=later)


def test_the_business_can_log_what_reached_it_and_is_gently_told_of_the_one_voice(at_work: AtWork) -> None:
    log(at_work, at_work.business.actor, None, direction=Direction.IN, received_as=None)
    log(at_work, at_work.business.actor, None, received_as=None)
    received, sent = moments(at_work, at_work.agency.actor)
    assert (received.side, received.remark) == ("customer", "")
    assert (sent.side, "one voice" in sent.remark) == ("business", True)
    with pytest.raises(Invalid):
        log(at_work, at_work.business.actor, Disposition.DSP)


def test_another_agency_cannot_log_even_if_it_knows_the_case(at_work: AtWork, portal: Portal) -> None:
    (other,) = people(portal, [OrgKind.AGENCY])
    known = at_work.look(at_work.agency.actor)
    with portal.database.work(at_work.agency.actor) as work:
        key = cases.open_key(work, known)
    with portal.database.work(other.actor) as work, pytest.raises(Forbidden):
        contacts.log_contact(work, known, key, an_entry(work.now))


def test_a_hold_is_lifted_by_the_side_that_has_to_resolve_it(at_work: AtWork) -> None:
    def place(work: Work, case: Case, key: CaseKey) -> None:
        holds.place_hold(work, case, key, HoldKind.DISPUTE, "Two of nine boxes were broken")

    at_work.do(at_work.agency.actor, place)
    (hold,) = at_work.do(at_work.business.actor, holds.open_holds)
    assert hold.reason == "Two of nine boxes were broken"

    def lift(work: Work, case: Case, key: CaseKey) -> None:
        holds.lift_hold(work, case, key, hold.id, "Credit note 25 was sent")

    with pytest.raises(Forbidden):
        at_work.do(at_work.agency.actor, lift)
    at_work.do(at_work.business.actor, lift)
    assert at_work.do(at_work.agency.actor, holds.may_contact_now).allowed
    assert at_work.look(at_work.business.actor).turn is Turn.AGENCY
    with pytest.raises(WrongState):
        at_work.do(at_work.business.actor, lift)


def test_lifting_needs_the_right_to_it(at_work: AtWork, portal: Portal) -> None:
    log(at_work, at_work.agency.actor, Disposition.HSP)
    (hold,) = at_work.do(at_work.agency.actor, holds.open_holds)
    organisation = at_work.agency.actor.org
    with portal.database.worker() as work:
        made = show_organisation(work, organisation)
    collector = a_person(portal, made, Role.COLLECTOR)
    with pytest.raises(Forbidden):
        at_work.do(
            collector.actor, lambda work, case, key: holds.lift_hold(work, case, key, hold.id, "Recovered")
        )


def test_the_same_hold_is_not_placed_twice(at_work: AtWork) -> None:
    log(at_work, at_work.agency.actor, Disposition.DSP)
    log(at_work, at_work.agency.actor, Disposition.DSP, direction=Direction.IN)
    assert len(at_work.do(at_work.agency.actor, holds.open_holds)) == 1
    with pytest.raises(WrongState):
        at_work.do(
            at_work.business.actor,
            lambda work, case, key: holds.place_hold(work, case, key, HoldKind.DISPUTE, "Again"),
        )


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


def test_a_number_that_does_not_work_makes_its_channel_doubtful_until_it_works_again(at_work: AtWork) -> None:
    log(at_work, at_work.agency.actor, Disposition.WN)
    answer = at_work.do(at_work.agency.actor, holds.may_contact_now)
    assert answer.allowed
    assert answer.doubtful == {Channel.CALL}
    log(at_work, at_work.agency.actor, Disposition.RPC)
    assert not at_work.do(at_work.agency.actor, holds.may_contact_now).doubtful


def test_an_early_contact_is_kept_with_its_remark(at_work: AtWork) -> None:
    early = at_work.portal.database.clock() - timedelta(days=3)
    log(at_work, at_work.agency.actor, occurred_at=early)
    (moment,) = moments(at_work, at_work.agency.actor)
    assert "before the case was handed over" in moment.remark
    assert replace(moment, remark="").at == early


def test_promises_due_are_listed_for_the_agency_that_noted_them(at_work: AtWork) -> None:
    today: date = local_today(at_work) + timedelta(days=1)
    log(at_work, at_work.agency.actor, Disposition.PTP, promised=Promised(70_00, today))
    with at_work.portal.database.work(at_work.agency.actor) as work:
        assert [one.minor for one in promises.list_promises_due(work, today)] == [70_00]
        assert promises.list_promises_due(work, today - timedelta(days=2)) == []
