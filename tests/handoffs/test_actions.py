from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from handoff_builders import a_business, a_held_case, a_ready_case, an_agency, an_offer
from handoff_portal.agencies.model.fitting import NoValidLicence
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import USUAL_ORDER
from handoff_portal.cases.model.case import CaseState, Turn
from handoff_portal.core.ids import CaseId
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.handoffs.actions import handoffs, making, offers, reading
from handoff_portal.handoffs.model.handoff import RecallReason, ReturnReason
from handoff_portal.handoffs.model.offer import DeclineReason, Offer, OfferState, OfferTerms
from handoff_portal.web.portal import Portal
from people import SignedIn


def state_of(portal: Portal, business: SignedIn, offer: Offer) -> tuple[CaseState, Turn]:
    with portal.database.work(business.actor) as work:
        case = cases.load_case(work, offer.case)
        return case.state, case.turn


def test_the_holder_opens_the_case_and_nobody_else_does(portal: Portal) -> None:
    held = a_held_case(portal)
    with portal.database.work(held.agency.actor) as work:
        customer = cases.read_customer(work, held.case, cases.open_key(work, held.case))
        assert customer is not None
        assert customer.name == "Kopi Tiam Pte Ltd"
    stranger = an_agency(portal)
    with portal.database.work(stranger.actor) as work, pytest.raises(NotFound):
        cases.load_case(work, held.case.id)


def test_before_acceptance_an_agency_sees_bands_only(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    offer = an_offer(portal, business, agency, a_ready_case(portal, business))
    with portal.database.work(agency.actor) as work:
        shown = reading.show_offer(work, offer.id)
        assert shown.offer.preview.amount_band == (None, 500)
        assert shown.fitting.fits
        assert "Kopi" not in repr(shown)
        with pytest.raises(NotFound):
            cases.load_case(work, offer.case)


def test_the_waiting_key_cannot_be_read_by_any_page(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    an_offer(portal, business, agency, a_ready_case(portal, business))
    for person in (business, agency):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            portal.database.work(person.actor) as work,
        ):
            work.read(text("select wrapped from offer"))


@pytest.mark.parametrize("racers", [6])
def test_of_many_simultaneous_acceptances_exactly_one_wins(portal: Portal, racers: int) -> None:
    business = a_business(portal)
    agencies = [an_agency(portal) for _ in range(racers)]
    case = a_ready_case(portal, business)
    made = [an_offer(portal, business, agency, case) for agency in agencies]
    gate = Barrier(racers)

    def race(agency: SignedIn, offer: Offer) -> bool:
        gate.wait()
        try:
            with portal.database.work(agency.actor) as work:
                handoffs.accept(work, offer.id)
        except WrongState:
            return False
        return True

    with ThreadPoolExecutor(racers) as pool:
        won = list(pool.map(race, agencies, made))
    assert sum(won) == 1
    for agency, holds in zip(agencies, won, strict=True):
        with portal.database.work(agency.actor) as work:
            if holds:
                cases.open_key(work, cases.load_case(work, case.id))
            else:
                with pytest.raises(NotFound):
                    cases.load_case(work, case.id)
    with portal.database.work(business.actor) as work:
        states = sorted(shown.offer.state for shown in reading.offers_of_case(work, case))
    assert states == [OfferState.ACCEPTED, *[OfferState.LOST] * (racers - 1)]


def test_without_a_licence_valid_today_nothing_is_accepted(portal: Portal) -> None:
    business = a_business(portal)
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011, TID251 - two days clear of every zone
    for agency in (an_agency(portal, licensed=False), an_agency(portal, expires_on=yesterday)):
        offer = an_offer(portal, business, agency, a_ready_case(portal, business))
        with portal.database.work(agency.actor) as work, pytest.raises(NoValidLicence):
            handoffs.accept(work, offer.id)
        assert state_of(portal, business, offer)[0] is CaseState.OFFERED


def test_the_licence_is_frozen_into_the_hand_off(portal: Portal) -> None:
    held = a_held_case(portal)
    licence = held.handoff.licence["licence"]
    assert isinstance(licence, dict)
    assert licence["jurisdiction"] == "SG"
    assert licence["regulator"] == "Singapore Police Force"


def _return(portal: Portal, agency: SignedIn, _business: SignedIn, case: object) -> None:
    with portal.database.work(agency.actor) as work:
        handoffs.return_case(work, case, ReturnReason.CAPACITY)  # type: ignore[arg-type]


def _recall(portal: Portal, _agency: SignedIn, business: SignedIn, case: object) -> None:
    with portal.database.work(business.actor) as work:
        handoffs.recall_case(work, case, RecallReason.OWN_SOLUTION)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [_return, _recall])
def test_ending_a_hand_off_takes_the_agencys_key(portal: Portal, end: Callable[..., None]) -> None:
    held = a_held_case(portal)
    end(portal, held.agency, held.business, held.case.id)
    with portal.database.work(held.agency.actor) as work, pytest.raises(NotFound):
        cases.load_case(work, held.case.id)
    assert opened_by(portal, held.agency, held.case.id) == (False, False)
    with portal.database.work(held.business.actor) as work:
        case = cases.load_case(work, held.case.id)
        assert (case.state, case.turn, case.holder) == (CaseState.READY, Turn.BUSINESS, None)
    assert opened_by(portal, held.business, held.case.id) == (True, True)


def test_the_database_takes_no_offer_that_has_ended(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    offer = an_offer(portal, business, agency, a_ready_case(portal, business))
    accept = text("select accept_offer(:offer, gen_random_uuid(), '{}', :at, :at)")
    with portal.database.work(agency.actor) as work:
        over = {"offer": offer.id, "at": offer.terms.expires_at}
        assert work.read(accept, over).scalar_one() is False


def opened_by(portal: Portal, side: SignedIn, case: CaseId) -> tuple[bool, bool]:
    """Whether the database gives a key of a case, and its claims, to one side."""
    of_case = "exists (select from {} where case_id = :case)"
    query = text(f"select {of_case.format('case_grant')} as key, {of_case.format('claim')} as claims")
    with portal.database.work(side.actor) as work:
        row = work.read(query, {"case": case}).one()
    return row.key, row.claims


def test_nobody_ends_the_hand_off_of_others(portal: Portal) -> None:
    held = a_held_case(portal)
    other = an_agency(portal)
    with portal.database.work(other.actor) as work, pytest.raises(NotFound):
        handoffs.return_case(work, held.case.id, ReturnReason.CAPACITY)
    with portal.database.work(held.business.actor) as work, pytest.raises(Forbidden):
        handoffs.return_case(work, held.case.id, ReturnReason.CAPACITY)
    with portal.database.work(other.actor) as work:
        ended = work.read(
            text("select end_handoff(:case, 'returned', 'x', now())"), {"case": held.case.id}
        ).scalar_one()
        assert ended is None


def test_question_and_answer_pass_the_turn(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    offer = an_offer(portal, business, agency, a_ready_case(portal, business))
    with portal.database.work(agency.actor) as work:
        offers.ask(work, offer.id, "Is there a delivery note?")
    assert state_of(portal, business, offer) == (CaseState.OFFERED, Turn.BUSINESS)
    with portal.database.work(business.actor) as work:
        assert reading.show_offer(work, offer.id).unanswered
        offers.answer(work, offer.id, "Yes, signed on 3 June.")
    with portal.database.work(agency.actor) as work:
        texts = [message.text for message in reading.show_offer(work, offer.id).messages]
    assert texts == ["Is there a delivery note?", "Yes, signed on 3 June."]
    assert state_of(portal, business, offer) == (CaseState.OFFERED, Turn.AGENCY)


def test_a_case_is_ready_again_after_the_last_open_offer_ended(portal: Portal) -> None:
    business, first, second = a_business(portal), an_agency(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    one, two = (an_offer(portal, business, agency, case) for agency in (first, second))
    with portal.database.work(first.actor) as work:
        offers.decline(work, one.id, DeclineReason.CAPACITY)
    assert state_of(portal, business, one)[0] is CaseState.OFFERED
    with portal.database.work(business.actor) as work:
        offers.withdraw(work, two.id)
    assert state_of(portal, business, one) == (CaseState.READY, Turn.BUSINESS)
    with portal.database.work(second.actor) as work, pytest.raises(WrongState):
        handoffs.accept(work, two.id)


def test_an_offer_lapses_when_its_time_is_over(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    offer = an_offer(portal, business, agency, a_ready_case(portal, business))
    clock = portal.database.clock
    portal.database.clock = lambda: clock() + timedelta(days=8)
    try:
        with portal.database.work(agency.actor) as work, pytest.raises(WrongState, match="has ended"):
            handoffs.accept(work, offer.id)
        while offers.lapse_offers(portal.database):
            pass
    finally:
        portal.database.clock = clock
    assert state_of(portal, business, offer) == (CaseState.READY, Turn.BUSINESS)


def test_an_offer_needs_cases_agencies_and_sound_terms(portal: Portal) -> None:
    business = a_business(portal)
    with portal.database.work(business.actor) as work:
        good = OfferTerms(1000, USUAL_ORDER, work.now + timedelta(days=3))
        with pytest.raises(Invalid) as found:
            making.offer_cases(work, [], [], good)
        assert set(found.value.errors) == {"case", "agency"}
        with pytest.raises(Invalid) as found:
            OfferTerms(9000, (), work.now).require_sound(work.now)
        assert set(found.value.errors) == {"commission", "allocation", "expires_at"}
