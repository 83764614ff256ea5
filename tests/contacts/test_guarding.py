"""The guard inside the work on a case: judged, flagged, overridden."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from at_work import AtWork, a_case_at_work
from builders import a_customer, some_content
from contact_steps import actions_of, log, moments
from guarded_cases import asked, call, of, unapprove
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.licences import decide_licence, licences_of
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.cases.model.case import Case, DebtorType, Turn
from handoff_portal.contacts.actions import guarding, holds, overriding
from handoff_portal.contacts.model.communications import Direction, Party
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.contacts.store.overrides import list_unused
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.guard.model import terms as g
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import a_colleague, a_person, an_organisation


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    """A case in Singapore, where no hour is closed but people need an approval."""
    return a_case_at_work(
        portal, structs.replace(some_content(), customer=a_customer(phones=(), postal_code="", emails=()))
    )


def test_a_contact_keeps_what_the_guard_said_and_by_which_rules_and_time_zones(at_work: AtWork) -> None:
    log(at_work, at_work.agency.actor)
    story = at_work.do(at_work.agency.actor, guarding.guard_case)
    assert [row.outcome for row in story.rows] == [g.Outcome.CONVERSATION]
    (moment,) = [one for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert "Blocked at that time" not in dict(moment.chips)


def test_a_collector_without_an_approval_is_blocked_where_the_place_asks_for_one(at_work: AtWork) -> None:
    assert asked(at_work, at_work.agency.actor).outlook is not g.Outlook.BLOCKED
    unapprove(at_work)
    answer = asked(at_work, at_work.agency.actor)
    assert answer.outlook is g.Outlook.BLOCKED
    assert [one.rule.id for one in answer.reasons if one.rule.effect is g.Effect.BLOCK] == ["SG-APPROVAL"]
    assert answer.next_at is None
    assert not answer.can_be_overridden


def test_an_approval_is_personal(at_work: AtWork) -> None:
    from_same = a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)
    assert asked(at_work, from_same.actor).outlook is g.Outlook.BLOCKED


def test_a_suspended_licence_stops_contact_at_once(at_work: AtWork) -> None:
    officer = a_person(
        at_work.portal, an_organisation(at_work.portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER
    )
    with at_work.portal.database.work(officer.actor) as work:
        for one in licences_of(work, at_work.agency.actor.org):
            decide_licence(work, one.id, LicenceState.SUSPENDED, remark="The register says so.")
    answer = asked(at_work, at_work.agency.actor)
    assert "SG-LICENCE" in [one.rule.id for one in answer.reasons]
    assert answer.outlook is g.Outlook.BLOCKED


def test_a_contact_against_a_block_is_stored_flagged_and_raised_to_both_sides(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    unapprove(at_work)
    logged = log(at_work, at_work.agency.actor)
    assert logged.blocked_by == ("SG-APPROVAL",)
    assert actions_of(postgres, at_work)[-1] == "contact.against_guard"
    case = at_work.look(at_work.business.actor)
    assert case.turn is Turn.BUSINESS
    (moment,) = [one for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert "Blocked at that time" in dict(moment.chips)
    assert "SG-APPROVAL" in dict(moment.more)["Rules against it"]
    for side in (at_work.business, at_work.agency):
        with at_work.portal.database.work(side.actor) as work:
            assert [flag.communication for flag in overriding.list_flags(work, 9)] == [logged.id]


def test_each_side_looks_at_a_flag_once_for_itself(at_work: AtWork) -> None:
    unapprove(at_work)
    logged = log(at_work, at_work.agency.actor)
    at_work.do(at_work.business.actor, lambda work, case, _key: overriding.look_at(work, case, logged.id))
    with at_work.portal.database.work(at_work.business.actor) as work:
        assert overriding.list_flags(work, 9) == []
    with at_work.portal.database.work(at_work.agency.actor) as work:
        assert len(overriding.list_flags(work, 9)) == 1
    with pytest.raises(NotFound):
        at_work.do(at_work.business.actor, lambda work, case, _key: overriding.look_at(work, case, logged.id))


def test_a_contact_against_a_hold_is_raised_in_the_same_way(at_work: AtWork) -> None:
    at_work.do(
        at_work.agency.actor,
        lambda work, case, key: holds.place_hold(work, case, key, HoldKind.COMPLAINT, "They wrote."),
    )
    logged = log(at_work, at_work.agency.actor)
    with at_work.portal.database.work(at_work.business.actor) as work:
        assert [flag.communication for flag in overriding.list_flags(work, 9)] == [logged.id]


def test_what_the_customer_begins_is_never_against_the_guard(at_work: AtWork) -> None:
    unapprove(at_work)
    assert log(at_work, at_work.agency.actor, direction=Direction.IN).blocked_by == ()
    assert log(at_work, at_work.agency.actor, party=Party.REPRESENTATIVE).blocked_by == ()


def test_nobody_goes_past_a_law_and_the_attempt_is_in_the_log(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    unapprove(at_work)
    refused = at_work.do(
        at_work.agency.actor,
        lambda work, case, key: overriding.go_on(work, case, key, g.Channel.CALL, "It is urgent."),
    )
    assert isinstance(refused, WrongState)
    assert "law" in refused.say
    assert actions_of(postgres, at_work)[-1] == "guard.attempted"


def test_somebody_entitled_goes_past_a_guideline_once_with_a_reason(
    portal: Portal, postgres: EmbeddedPostgres
) -> None:
    at_work = a_case_at_work(portal, of("AU", "AU-NSW", debtor_type=DebtorType.PRIVATE))
    agency = at_work.agency.actor
    for _ in range(4):
        log(at_work, agency)
    answer = asked(at_work, agency)
    assert answer.outlook is g.Outlook.BLOCKED
    assert answer.can_be_overridden

    def go_on(work: Work, case: Case, key: CaseKey, reason: str = "They asked for help today.") -> object:
        return overriding.go_on(work, case, key, g.Channel.CALL, reason)

    with pytest.raises(Invalid):
        at_work.do(agency, lambda work, case, key: go_on(work, case, key, " "))
    with portal.database.work(agency) as work:
        collector = a_person(portal, show_organisation(work, agency.org), Role.COLLECTOR)
    assert isinstance(at_work.do(collector.actor, go_on), Forbidden)
    assert actions_of(postgres, at_work)[-1] == "guard.attempted"
    at_work.do(agency, go_on)
    assert actions_of(postgres, at_work)[-1] == "guard.overridden"
    assert log(at_work, agency).blocked_by == ()
    (decided,) = [one for one in moments(at_work, agency) if "Decided to go on" in dict(one.chips)]
    assert decided.remark == ""
    assert log(at_work, agency).blocked_by != ()


def test_an_override_is_for_one_way_of_contact_only(portal: Portal) -> None:
    at_work = a_case_at_work(portal, of("AU", "AU-NSW"))
    for _ in range(4):
        log(at_work, at_work.agency.actor)
    at_work.do(
        at_work.agency.actor,
        lambda work, case, key: overriding.go_on(work, case, key, g.Channel.CALL, "They asked for help."),
    )
    (made,) = at_work.do(at_work.agency.actor, lambda work, case, _key: list_unused(work, case.id))
    decision = call(at_work).decision
    assert made.covers(g.Channel.CALL, decision, made.until)
    assert not made.covers(g.Channel.SMS, decision, made.until)
    assert not made.covers(g.Channel.CALL, decision, made.until + timedelta(seconds=1))
    assert not made.covers(g.Channel.CALL, decision, made.made_at - timedelta(minutes=1))
    assert not replace(made, rules=frozenset()).covers(g.Channel.CALL, decision, made.until)
