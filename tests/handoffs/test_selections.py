"""A whole selection of cases is offered at once, and many offers are accepted at once."""

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from msgspec import structs
from sqlalchemy import text

from builders import some_content
from bulk_cases import many_cases
from handoff_builders import a_business, a_ready_case, an_agency, an_offer
from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.account import USUAL_ORDER
from handoff_portal.cases.model.case import Case, CaseState, DebtorType, Turn
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.ids import CaseId, OrgId
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.handoffs.actions import accepting, handoffs, reading, selections
from handoff_portal.handoffs.actions.accepting import Choice, Ending
from handoff_portal.handoffs.model.offer import OfferState, OfferTerms
from handoff_portal.handoffs.model.splitting import Plan, Split, SplitBy, Why, share_out
from handoff_portal.web.portal import Portal
from people import SignedIn

_numbers = count(1)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def terms_of(work: Work) -> OfferTerms:
    return OfferTerms(1_500, USUAL_ORDER, work.now + timedelta(days=7))


def planned(portal: Portal, business: SignedIn, agencies: list[SignedIn], split: Split | None = None) -> Plan:
    with portal.database.work(business.actor) as work:
        found = selections.select(work, Wanted())
        ids = [agency.actor.org for agency in agencies]
        return selections.plan_offers(work, found.cases, ids, split or Split())


def offered(portal: Portal, business: SignedIn, agencies: list[SignedIn], split: Split | None = None) -> None:
    plan = planned(portal, business, agencies, split)
    with portal.database.work(business.actor) as work:
        selections.offer_plan(work, plan, terms_of(work))


def a_case(minor: int = 100_00, country: str = "SG") -> Case:
    case = Case(
        id=CaseId(new_id()),
        business=OrgId(uuid4()),
        reference=f"HP-{next(_numbers):05}",
        state=CaseState.READY,
        holder=None,
        turn=Turn.BUSINESS,
        turn_until=None,
        debtor_type=DebtorType.COMPANY,
        claim_type=None,
        country=country,
        region="",
        currency="SGD",
        time_zone="Asia/Singapore",
        oldest_due_on=None,
        balance=some_content().owed,
        key_version=1,
        created_at=NOW,
        updated_at=NOW,
        submitted_at=None,
        closed_at=None,
        close_code=None,
    )
    return replace(case, balance=structs.replace(case.balance, principal=minor, interest=0, fees=0, costs=0))


A, B = OrgId(uuid4()), OrgId(uuid4())


def licensed(_case: Case, _agency: OrgId) -> str:
    return ""


def test_shares_are_dealt_out_by_number_and_size() -> None:
    found = [a_case(minor * 100_00) for minor in range(1, 101)]
    plan = share_out(found, [A, B], Split(SplitBy.SHARE, shares={A: 70, B: 30}), licensed, frozenset())
    assert Counter(agency for _, agency in plan.pairs) == {A: 70, B: 30}
    sums = {agency: sum(case.balance.total for case in plan.of_agency(agency)) for agency in (A, B)}
    assert 0.6 < sums[A] / sum(sums.values()) < 0.8


def test_a_case_that_one_agency_may_not_take_goes_to_another_that_may() -> None:
    found = [a_case(country=country) for country in ("SG", "GB") * 20]

    def only_singapore(case: Case, agency: OrgId) -> str:
        return "No licence for the United Kingdom" if agency == A and case.country == "GB" else ""

    plan = share_out(found, [A, B], Split(SplitBy.SHARE, shares={A: 50, B: 50}), only_singapore, frozenset())
    assert not plan.misfits
    assert {case.country for case in plan.of_agency(A)} == {"SG"}


def test_countries_and_amounts_go_to_the_agencies_chosen_for_them() -> None:
    found = [a_case(100_00, "SG"), a_case(100_00, "GB"), a_case(3_000_00, "SG")]
    by_country = Split(SplitBy.COUNTRY, chosen={"SG": (A,)})
    plan = share_out(found, [A, B], by_country, licensed, frozenset())
    assert [(case.country, agency) for case, agency in plan.pairs] == [("SG", A), ("SG", A)]
    assert [(one.case.country, one.why) for one in plan.misfits] == [("GB", Why.NOBODY)]
    by_amount = Split(SplitBy.AMOUNT, chosen={"0": (A,), "2": (B,)})
    plan = share_out(found, [A, B], by_amount, licensed, frozenset())
    assert [agency for _, agency in plan.pairs] == [A, A, B]


@pytest.mark.parametrize("shares", [{A: 60, B: 30}, {}, {A: 100, B: 1}])
def test_shares_that_make_no_whole_are_refused(shares: dict[OrgId, int]) -> None:
    with pytest.raises(Invalid, match="100% together"):
        Split(SplitBy.SHARE, shares=shares).require_sound([A, B])


def test_the_licence_gate_is_asked_for_each_case_and_agency(portal: Portal) -> None:
    business = a_business(portal)
    licensed_one, other = an_agency(portal), an_agency(portal, licensed=False)
    case = a_ready_case(portal, business)
    plan = planned(portal, business, [licensed_one, other])
    assert [(one.id, agency) for one, agency in plan.pairs] == [(case.id, licensed_one.actor.org)]
    (misfit,) = plan.misfits
    assert (misfit.agency, misfit.why) == (other.actor.org, Why.LICENCE)
    assert "Singapore" in misfit.say


def test_offers_of_a_selection_are_as_single_offers_are(portal: Portal) -> None:
    business, agency, other = a_business(portal), an_agency(portal), an_agency(portal)
    single, first, second = (a_ready_case(portal, business) for _ in range(3))
    one = an_offer(portal, business, agency, single)
    offered(portal, business, [agency])
    with portal.database.work(agency.actor) as work:
        made = {shown.offer.case: shown for shown in reading.list_received(work, OfferState.OPEN)}
        assert set(made) == {single.id, first.id, second.id}
        bulk = made[first.id].offer
        assert bulk.preview == one.preview
        assert handoffs.accept(work, bulk.id).case == first.id
        name = cases.read_customer(work, first, cases.open_key(work, first))
    assert name is not None
    with portal.database.work(business.actor) as work:
        known = cases.load_case(work, second.id)
        assert (known.state, known.turn, known.turn_until) == (
            CaseState.OFFERED,
            Turn.AGENCY,
            bulk.terms.expires_at,
        )
        logged = text(
            "select count(*) from audit_event"
            " where case_id = any(cast(:ids as uuid[])) and action = 'case.offered'"
        )
        assert work.read(logged, {"ids": [first.id, second.id]}).scalar_one() == 2
    with portal.database.work(other.actor) as work:
        assert reading.list_received(work, OfferState.OPEN) == []


def test_what_changed_after_the_plan_refuses_the_whole(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    first, second = a_ready_case(portal, business), a_ready_case(portal, business)
    plan = planned(portal, business, [agency])
    an_offer(portal, business, agency, first)
    with pytest.raises(WrongState, match="in the meantime"), portal.database.work(business.actor) as work:
        selections.offer_plan(work, plan, terms_of(work))
    with portal.database.work(business.actor) as work:
        assert cases.load_case(work, second.id).state is CaseState.READY


def test_an_agency_cannot_offer_a_selection(portal: Portal) -> None:
    agency = an_agency(portal)
    with portal.database.work(agency.actor) as work:
        assert selections.count_offerable(work, Wanted()) == 0
        with pytest.raises(Forbidden):
            selections.select(work, Wanted())


def test_many_offers_are_accepted_at_once_and_every_ending_is_told(portal: Portal) -> None:
    business, agency, rival = a_business(portal), an_agency(portal), an_agency(portal)
    for _ in range(4):
        a_ready_case(portal, business)
    abroad = some_content()
    abroad = structs.replace(abroad, customer=structs.replace(abroad.customer, country="MY"))
    a_ready_case(portal, business, abroad)
    for one in (agency, rival):
        with portal.database.work(business.actor) as work:
            found = selections.select(
                work, Wanted(state=CaseState.READY if one is agency else CaseState.OFFERED)
            )
            pairs = tuple((case, one.actor.org) for case in found.cases)
            selections.offer_plan(work, Plan(pairs, ()), terms_of(work))
    now = portal.database.clock()
    with portal.database.work(agency.actor) as work:
        waiting = accepting.look(work, Choice(now))
        chosen = Choice(now, tuple(one.offer.id for one in [*waiting.fitting, *waiting.hindered]))
    assert len(waiting.fitting) + len(waiting.hindered) == 5
    with portal.database.work(rival.actor) as work:
        taken = next(
            s for s in reading.list_received(work, OfferState.OPEN) if s.offer.preview.country == "SG"
        )
        handoffs.accept(work, taken.offer.id)
    done = accepting.accept_many(portal.database, agency.actor, chosen)
    endings = Counter(one.ending for one in done)
    hindered = len(waiting.hindered)
    expected = {Ending.WON: 4 - hindered, Ending.LOST: 1, Ending.LICENCE: hindered}
    assert endings == Counter({k: v for k, v in expected.items() if v})
    again = accepting.accept_many(portal.database, agency.actor, chosen)
    assert Counter(one.ending for one in again)[Ending.ALREADY] == endings[Ending.WON]
    with portal.database.work(business.actor) as work:
        refused = text(
            "select count(*) from audit_event where own_org_id = :own and action = 'acceptance.refused'"
        )
        assert work.read(refused, {"own": business.actor.org}).scalar_one() >= 1 + hindered


def test_what_arrived_after_the_look_is_not_accepted(portal: Portal) -> None:
    business, agency = a_business(portal), an_agency(portal)
    seen = portal.database.clock()
    an_offer(portal, business, agency, a_ready_case(portal, business))
    with pytest.raises(Invalid, match="None of these offers"):
        accepting.accept_many(portal.database, agency.actor, Choice(seen))


def test_twelve_hundred_and_forty_cases_are_offered_to_two_agencies_and_four_hundred_accepted(
    portal: Portal,
) -> None:
    business, agency, other = a_business(portal), an_agency(portal), an_agency(portal)
    many_cases(portal, business, 1_240)
    split = Split(SplitBy.SHARE, shares={agency.actor.org: 40, other.actor.org: 60})
    began = time.perf_counter()
    offered(portal, business, [agency, other], split)
    made = time.perf_counter() - began
    with portal.database.work(agency.actor) as work:
        waiting = accepting.look(work, Choice(work.now))
    assert len(waiting.fitting) == 496
    chosen = Choice(portal.database.clock(), tuple(one.offer.id for one in waiting.fitting[:400]))
    began = time.perf_counter()
    done = accepting.accept_many(portal.database, agency.actor, chosen)
    took = time.perf_counter() - began
    assert Counter(one.ending for one in done) == {Ending.WON: 400}
    assert made < 15, made
    assert took < 15, took
    print(f"offered {made:.2f} s, accepted {took:.2f} s")  # noqa: T201 - shown with -s
