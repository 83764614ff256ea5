"""Answers to one offer that meet: whoever comes second is told so, and no offer ends twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from faults.processes import wait_until
from faults.soundness import one
from handoff_builders import a_business, a_ready_case, an_agency, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.refusals import Refusal, WrongState
from handoff_portal.handoffs.actions import handoffs, offers
from handoff_portal.handoffs.model.offer import DeclineReason, Offer
from handoff_portal.web.portal import Portal
from people import SignedIn

HELD_UP = "select count(*) from pg_stat_activity where datname = 'faults' and wait_event_type = 'Lock'"


def outcome(portal: Portal, person: SignedIn, action: Callable[[Work], object]) -> Refusal | None:
    try:
        with portal.database.work(person.actor) as work:
            action(work)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("ending", ["withdrawn", "declined"])
@pytest.mark.parametrize("others", [0, 1])
def test_an_offer_that_ends_while_it_is_accepted_ends_in_one_way(
    portal: Portal, administrator: psycopg.Connection, postgres: EmbeddedPostgres, ending: str, others: int
) -> None:
    business, agency = a_business(portal), an_agency(portal)
    case = a_ready_case(portal, business)
    offer = an_offer(portal, business, agency, case)
    for _ in range(others):
        an_offer(portal, business, an_agency(portal), case)

    def end(work: Work) -> None:
        if ending == "withdrawn":
            offers.withdraw(work, offer.id)
        else:
            offers.decline(work, offer.id, DeclineReason.CAPACITY)

    first = business if ending == "withdrawn" else agency
    with (
        ThreadPoolExecutor(2) as together,
        postgres.administrator("faults") as blocker,
        blocker.transaction(),
    ):
        blocker.execute("select from cases where id = %s for update", (case.id,))
        ended = together.submit(outcome, portal, first, end)
        wait_until(lambda: one(administrator, HELD_UP) == 1)
        accepted = together.submit(outcome, portal, agency, lambda work: handoffs.accept(work, offer.id))
        wait_until(lambda: one(administrator, HELD_UP) == 2)
    require_one_way(administrator, offer, ended.result(), accepted.result())


def test_a_case_whose_last_two_offers_are_declined_at_once_can_be_offered_anew(
    portal: Portal, administrator: psycopg.Connection, postgres: EmbeddedPostgres
) -> None:
    business, agencies = a_business(portal), [an_agency(portal), an_agency(portal)]
    case = a_ready_case(portal, business)
    made = [an_offer(portal, business, agency, case) for agency in agencies]

    def decline(agency: SignedIn, offer: Offer) -> Refusal | None:
        return outcome(portal, agency, lambda work: offers.decline(work, offer.id, DeclineReason.CAPACITY))

    with (
        ThreadPoolExecutor(2) as together,
        postgres.administrator("faults") as blocker,
        blocker.transaction(),
    ):
        blocker.execute("select from cases where id = %s for update", (case.id,))
        said = [together.submit(decline, *one) for one in zip(agencies, made, strict=True)]
        wait_until(lambda: one(administrator, HELD_UP) == 2)
    assert [one.result() for one in said] == [None, None]
    ready = "select count(*) from cases where id = %s and state = 'ready' and turn = 'business'"
    assert one(administrator, ready, case.id) == 1


def require_one_way(
    administrator: psycopg.Connection, offer: Offer, ended: Refusal | None, accepted: Refusal | None
) -> None:
    """One of the two went through, the other was told that somebody was faster."""
    assert [type(one) for one in (ended, accepted) if one] == [WrongState], (ended, accepted)
    state = administrator.execute("select state from offer where id = %s", (offer.id,)).fetchone()
    held = one(administrator, "select count(*) from cases where id = %s and state = 'held'", offer.case)
    made = one(administrator, "select count(*) from handoff where offer_id = %s", offer.id)
    assert held == made == (accepted is None)
    assert (state == ("accepted",)) == (accepted is None)
