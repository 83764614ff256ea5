from dataclasses import replace
from datetime import date, timedelta

import pytest

from agencies.builders import SINGAPORE, some_terms
from agencies.people import REGISTER, Cast, decided, recorded, seen
from handoff_portal.agencies.actions.licences import (
    correct_licence,
    decide_licence,
    licence_queue,
    licences_of,
)
from handoff_portal.agencies.model.fitting import fitting_licence
from handoff_portal.agencies.model.licence import LicenceScope, LicenceState
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, StepUpNeeded, WrongState
from handoff_portal.web.portal import Portal


def test_a_recorded_licence_comes_back_as_it_was(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    assert made.state is LicenceState.SUBMITTED
    for somebody in (cast.admin, cast.collector, cast.rival, cast.business, cast.officer):
        assert seen(portal, somebody, made.id) == made


def test_only_the_agency_admin_records_licences(portal: Portal, cast: Cast) -> None:
    for somebody in (cast.collector, cast.business, cast.officer, cast.operator_admin):
        with pytest.raises(Forbidden):
            recorded(portal, somebody)


def test_the_officer_verifies_and_then_the_licence_fits(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    verified = decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    assert verified.source_url == REGISTER
    assert verified.decided_by == cast.officer.actor.person
    with portal.database.work(cast.admin.actor) as work:
        held = licences_of(work, cast.admin.actor.org)
    assert fitting_licence(held, "SG", "", "company", date(2026, 6, 30)).licence == verified
    assert not fitting_licence(held, "SG", "", "company", date(2026, 7, 1)).fits


@pytest.mark.parametrize("who", ["admin", "collector", "rival", "business", "operator_admin"])
def test_nobody_but_the_officer_decides(portal: Portal, cast: Cast, who: str) -> None:
    made = recorded(portal, cast.admin)
    for state in (LicenceState.VERIFIED, LicenceState.REJECTED, LicenceState.SUSPENDED):
        with pytest.raises(Forbidden):
            decided(portal, getattr(cast, who), made.id, state, "no")
    assert seen(portal, cast.admin, made.id) == made


def test_an_old_code_is_not_enough_to_decide(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    tired = replace(cast.officer.actor, stepped_up_at=portal.database.clock() - timedelta(minutes=6))
    with pytest.raises(StepUpNeeded), portal.database.work(tired) as work:
        decide_licence(work, made.id, LicenceState.VERIFIED, source_url=REGISTER)


def test_verifying_needs_a_source_and_turning_down_a_reason(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    with portal.database.work(cast.officer.actor) as work:
        for source in ("", "http://register.example", "seen on paper"):
            with pytest.raises(Invalid, match="https"):
                decide_licence(work, made.id, LicenceState.VERIFIED, source_url=source)
        with pytest.raises(Invalid, match="Say why"):
            decide_licence(work, made.id, LicenceState.REJECTED, remark="  ")


def test_a_rejected_licence_is_between_agency_and_operator_until_it_is_corrected(
    portal: Portal, cast: Cast
) -> None:
    made = recorded(portal, cast.admin)
    decided(portal, cast.officer, made.id, LicenceState.REJECTED, "The number is not in the register.")
    assert seen(portal, cast.business, made.id) is None
    assert seen(portal, cast.rival, made.id) is None
    own = seen(portal, cast.admin, made.id)
    assert own is not None
    assert own.remark == "The number is not in the register."
    with portal.database.work(cast.admin.actor) as work:
        corrected = correct_licence(work, made.id, replace(SINGAPORE, number="DC-2026-0043"))
    assert corrected.state is LicenceState.SUBMITTED
    assert seen(portal, cast.officer, made.id) == corrected


def test_another_agency_cannot_correct_a_licence(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    with pytest.raises(NotFound), portal.database.work(cast.rival.actor) as work:
        correct_licence(work, made.id, SINGAPORE)


def test_a_decided_licence_stays_as_it_is(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    with pytest.raises(WrongState), portal.database.work(cast.admin.actor) as work:
        correct_licence(work, made.id, some_terms("GB"))


def test_a_suspended_licence_can_be_verified_again(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin)
    decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    decided(portal, cast.officer, made.id, LicenceState.SUSPENDED, "The register says: lapsed.")
    assert decided(portal, cast.officer, made.id, LicenceState.VERIFIED).state is LicenceState.VERIFIED


def test_the_queue_shows_what_ends_soon_and_what_waits(portal: Portal, cast: Cast) -> None:
    today = portal.database.clock().date()
    ends = {"tomorrow": 1, "in 60 days": 60, "in 61 days": 61, "yesterday": -1, "never": None}
    made = {
        name: recorded(
            portal,
            cast.admin,
            issued_on=today - timedelta(200),
            expires_on=None if days is None else today + timedelta(days),
        ).id
        for name, days in ends.items()
    }
    for licence in made.values():
        decided(portal, cast.officer, licence, LicenceState.VERIFIED)
    waiting = recorded(portal, cast.admin).id
    with portal.database.work(cast.officer.actor) as work:
        queue = licence_queue(work)
    own = {item.licence.id for item in queue.ending} & set(made.values())
    assert own == {made["tomorrow"], made["in 60 days"], made["yesterday"]}
    assert waiting in {item.licence.id for item in queue.waiting}
    assert {made["in 61 days"], made["never"]} <= {item.licence.id for item in queue.decided}
    days = [item.licence.terms.expires_on for item in queue.ending]
    assert days == sorted(filter(None, days))
    with pytest.raises(Forbidden), portal.database.work(cast.admin.actor) as work:
        licence_queue(work)


def test_two_officers_cannot_both_decide(portal: Portal, cast: Cast) -> None:
    made = recorded(portal, cast.admin, scope=LicenceScope.CONSUMER)
    decided(portal, cast.officer, made.id, LicenceState.REJECTED, "Not found.")
    with pytest.raises(WrongState):
        decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
