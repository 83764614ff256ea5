"""A licence that ends or is suspended stops contact visibly, with owner and deadline, until one is valid."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from at_work import AtWork, a_case_at_work
from builders import a_customer, some_content
from contact_steps import actions_of, log, moments
from desk_browsing import sign_in, token
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.agencies.actions.licences import licences_of, record_licence
from handoff_portal.agencies.model.licence import Licence, LicenceState
from handoff_portal.cases.model.case import Turn
from handoff_portal.contacts.actions import guarding, holds, licensing
from handoff_portal.contacts.model.holds import Hold, HoldKind, Side
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.guard.model import terms as g
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import RecallReason
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation
from security.borrowing import as_app

REGISTER = "https://register.example/1"


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal, structs.replace(some_content(), customer=a_customer(phones=(), emails=())))


@pytest.fixture
def officer(portal: Portal) -> SignedIn:
    return a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)


def the_licence(at_work: AtWork) -> Licence:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        return licences_of(work, work.actor.org)[0]


def decide(at_work: AtWork, officer: SignedIn, state: LicenceState, licence: Licence | None = None) -> int:
    """The officer's decision; in how many cases something followed."""
    with at_work.portal.database.work(officer.actor) as work:
        wanted = (licence or the_licence(at_work)).id
        return licensing.decide(work, wanted, state, source_url=REGISTER, remark="So the register says.")[1]


def lapse(at_work: AtWork, postgres: EmbeddedPostgres) -> None:
    """Let the licence have ended long ago."""
    with postgres.administrator("portal") as connection:
        connection.execute("alter table licence disable trigger guard")
        ended = "update licence set expires_on = '2026-01-31' where agency_id = %s"
        connection.execute(ended, (at_work.agency.actor.org,))
        connection.execute("alter table licence enable trigger guard")


def stops(at_work: AtWork) -> list[Hold]:
    found = at_work.do(at_work.business.actor, holds.open_holds)
    return [hold for hold in found if hold.kind is HoldKind.LICENCE]


def test_a_suspension_stops_contact_in_its_own_transaction_with_owner_deadline_and_reason(
    at_work: AtWork, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    assert decide(at_work, officer, LicenceState.SUSPENDED) == 1
    (hold,) = stops(at_work)
    assert (hold.owner, hold.stops_contact, hold.until) == (Side.AGENCY, True, None)
    assert hold.due_at is not None
    assert the_licence(at_work).terms.number in hold.reason
    assert "is suspended" in hold.reason
    assert hold.author == "The portal"
    case = at_work.look(at_work.business.actor)
    assert (case.turn, case.turn_until) == (Turn.AGENCY, hold.due_at)
    assert actions_of(postgres, at_work)[-1] == "hold.placed"


def test_contact_goes_on_by_itself_once_the_licence_is_verified_again(
    at_work: AtWork, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    decide(at_work, officer, LicenceState.SUSPENDED)
    assert decide(at_work, officer, LicenceState.VERIFIED) == 1
    assert stops(at_work) == []
    assert actions_of(postgres, at_work)[-1] == "hold.lifted"
    lifted = [one for one in moments(at_work, at_work.business.actor) if one.anchor.startswith("l-")]
    assert [one.who for one in lifted] == ["The portal"]
    answer = at_work.do(
        at_work.agency.actor,
        lambda work, case, key: guarding.ask_channel(work, case, key, g.Channel.LETTER),
    )
    assert answer.outlook is not g.Outlook.BLOCKED


def test_another_valid_licence_keeps_contact_open(at_work: AtWork, officer: SignedIn, portal: Portal) -> None:
    first = the_licence(at_work)
    with portal.database.work(at_work.agency.actor) as work:
        second = record_licence(work, replace(first.terms, number="L/DC/2"))
    assert decide(at_work, officer, LicenceState.VERIFIED, second) == 0
    assert decide(at_work, officer, LicenceState.SUSPENDED, first) == 0
    assert stops(at_work) == []


def test_the_worker_notices_a_licence_that_ended_and_one_that_follows_it(
    at_work: AtWork, officer: SignedIn, portal: Portal, postgres: EmbeddedPostgres
) -> None:
    first = the_licence(at_work)
    lapse(at_work, postgres)
    assert licensing.sweep_licences(portal.database) >= 1
    (hold,) = stops(at_work)
    assert "ended on 31 January 2026" in hold.reason
    licensing.sweep_licences(portal.database)
    assert [one.id for one in stops(at_work)] == [hold.id]
    with portal.database.work(at_work.agency.actor) as work:
        renewed = record_licence(work, replace(first.terms, number="L/DC/3", expires_on=date(2099, 1, 1)))
    assert stops(at_work) == [hold]
    assert decide(at_work, officer, LicenceState.VERIFIED, renewed) == 1
    assert stops(at_work) == []


def test_a_contact_against_such_a_stop_is_flagged(at_work: AtWork, officer: SignedIn) -> None:
    decide(at_work, officer, LicenceState.SUSPENDED)
    logged = log(at_work, at_work.agency.actor)
    assert [hold.kind for hold in logged.against] == [HoldKind.LICENCE]


def test_nobody_places_or_lifts_it_by_hand(at_work: AtWork, officer: SignedIn) -> None:
    with pytest.raises(Invalid):
        at_work.do(
            at_work.agency.actor,
            lambda work, case, key: holds.place_hold(work, case, key, HoldKind.LICENCE, "Because."),
        )
    decide(at_work, officer, LicenceState.SUSPENDED)
    (hold,) = stops(at_work)
    for side in (at_work.agency, at_work.business):
        with pytest.raises(WrongState, match="Nobody lifts this hold"):
            at_work.do(
                side.actor,
                lambda work, case, key: holds.lift_hold(work, case, key, hold.id, "We think it is fine."),
            )


@pytest.mark.parametrize("side", ["agency", "business"])
def test_no_side_writes_such_a_row_past_the_portals_pages(
    at_work: AtWork, officer: SignedIn, postgres: EmbeddedPostgres, side: str
) -> None:
    decide(at_work, officer, LicenceState.SUSPENDED)
    (hold,) = stops(at_work)
    who: SignedIn = getattr(at_work, side)
    with as_app(postgres, who.actor.session_hash.hex()) as connection:
        ended = "update hold set lifted_at = now() where id = %s"
        assert connection.execute(ended, (hold.id,)).rowcount == 0
        asked = connection.execute("select * from licence_cases(%s)", (at_work.agency.actor.org,))
        assert asked.fetchall() == []
        lifted = "select * from lift_for_licence(array[%s]::uuid[], array[now()], now(), null)"
        assert connection.execute(lifted, (hold.id,)).fetchall() == []
    with as_app(postgres, who.actor.session_hash.hex()) as connection, pytest.raises(psycopg.Error):
        connection.execute(
            "insert into hold (id, case_id, business_id, org_id, kind, stops_contact, owner, key_version,"
            " clear_reason, placed_at, placed_by) select gen_random_uuid(), case_id, business_id, %s,"
            " 'licence', true, 'agency', 0, 'x', now(), %s from hold where id = %s",
            (who.actor.org, who.actor.person, hold.id),
        )


def test_a_case_that_went_back_does_not_rest_for_the_licence_of_the_agency_it_left(
    at_work: AtWork, officer: SignedIn, portal: Portal
) -> None:
    decide(at_work, officer, LicenceState.SUSPENDED)
    with portal.database.work(at_work.business.actor) as work:
        handoffs.recall_case(work, at_work.case, next(iter(RecallReason)))
    licensing.sweep_licences(portal.database)
    assert stops(at_work) == []


def test_a_case_that_waits_for_the_business_goes_on_waiting(at_work: AtWork, officer: SignedIn) -> None:
    at_work.do(
        at_work.agency.actor,
        lambda work, case, key: holds.place_hold(work, case, key, HoldKind.DISPUTE, "They disagree."),
    )
    before = at_work.look(at_work.business.actor)
    decide(at_work, officer, LicenceState.SUSPENDED)
    after = at_work.look(at_work.business.actor)
    assert (
        (after.turn, after.turn_until)
        == (before.turn, before.turn_until)
        == (Turn.BUSINESS, before.turn_until)
    )


def test_the_officer_reads_in_how_many_cases_contact_rests(
    at_work: AtWork, officer: SignedIn, client: TestClient[Litestar]
) -> None:
    path = f"/licences/{the_licence(at_work).id}"
    sign_in(client, officer)
    fields = {"csrf_token": token(client, path), "decision": "suspended", "remark": "As the register says."}
    text = client.post(f"{path}/decision", data=fields).text
    assert "Contact rests in 1 case of the agency." in text
    client.cookies.clear()
    sign_in(client, at_work.agency)
    page = client.get(f"/cases/{at_work.case}").text
    assert "No valid licence" in page
    assert "It ends by itself once a valid licence is verified." in page
    assert "/lift" not in page


def test_deadline_is_in_working_days(at_work: AtWork, officer: SignedIn) -> None:
    decide(at_work, officer, LicenceState.SUSPENDED)
    (hold,) = stops(at_work)
    assert hold.due_at is not None
    # Five working days: on a Sunday evening hardly four days, over a new year two weeks.
    assert timedelta(days=4) < hold.due_at - hold.placed_at < timedelta(days=14)
