from dataclasses import replace
from datetime import timedelta

import pytest

from at_work import AtWork, a_case_at_work
from contact_steps import an_entry, besides_reviews, log, moments
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, Turn
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.actions import contacts, holds
from handoff_portal.contacts.model.communications import (
    Direction,
    Party,
)
from handoff_portal.contacts.model.dispositions import Disposition, NonPaymentReason, ReceivedAs
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import a_person, people


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal)


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
    assert besides_reviews(postgres, at_work)[-2:] == ["contact.logged", "hold.placed"]


def test_a_hardship_reason_gives_the_customer_time_whatever_the_code(at_work: AtWork) -> None:
    logged = log(at_work, at_work.agency.actor, Disposition.RPC, reason=NonPaymentReason.ILLNESS)
    assert logged.holds == (HoldKind.HARDSHIP,)


def test_a_contact_against_a_hold_is_kept_flagged_and_handed_to_the_business(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    log(at_work, at_work.agency.actor, Disposition.HSP)
    logged = log(at_work, at_work.agency.actor, Disposition.LV)
    assert [hold.kind for hold in logged.against] == [HoldKind.HARDSHIP]
    assert besides_reviews(postgres, at_work)[-2:] == ["contact.logged", "contact.against_hold"]
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
