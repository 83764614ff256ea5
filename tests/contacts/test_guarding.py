"""The guard inside the work on a case: judged, flagged, overridden, counted over all cases of a customer."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from at_work import AtWork, a_case_at_work
from builders import a_claim, a_customer, some_content
from contact_steps import actions_of, an_entry, log, moments
from handoff_builders import a_ready_case, an_agency, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.approvals import end_approval, list_approvals
from handoff_portal.agencies.actions.licences import decide_licence, licences_of
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, DebtorType, Turn
from handoff_portal.cases.model.content import Content
from handoff_portal.contacts.actions import guarding, holds, known, overriding
from handoff_portal.contacts.model.communications import Direction, Party
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.contacts.model.verdicts import Answer
from handoff_portal.contacts.store.overrides import list_unused
from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.guard.model import terms as g
from handoff_portal.guard.model.situation import Situation
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation

AUSTRALIAN = "Australia/Sydney"


def of(country: str, region: str = "", **changes: object) -> Content:
    """A private customer there."""
    content = some_content()
    customer = a_customer(
        country=country,
        region=region,
        **{
            "debtor_type": DebtorType.PRIVATE,
            "phones": (),
            "emails": (f"{uuid4().hex}@kopi.example",),
            "postal_code": "",
            **changes,
        },
    )
    return replace(content, customer=customer)


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    """A case in Singapore, where no hour is closed but people need an approval."""
    return a_case_at_work(
        portal, replace(some_content(), customer=a_customer(phones=(), postal_code="", emails=()))
    )


def asked(at_work: AtWork, actor: Actor, channel: g.Channel = g.Channel.CALL) -> Answer:
    def intention(work: Work, case: Case, key: CaseKey) -> Answer:
        return guarding.ask_channel(work, case, key, channel)

    return at_work.do(actor, intention)


def situation(at_work: AtWork, actor: Actor) -> Situation:
    return at_work.do(actor, guarding.read_situation)


def note(at_work: AtWork, actor: Actor, kind: FactKind, terms: Terms = Terms()) -> None:  # noqa: B008 - frozen
    def intention(work: Work, case: Case, key: CaseKey) -> None:
        known.record_fact(work, case, key, kind, work.now.date() - timedelta(days=1), terms)

    at_work.do(actor, intention)


def unapprove(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        for one in list_approvals(work):
            end_approval(work, one.id)


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
    with at_work.portal.database.work(at_work.agency.actor) as work:
        from_same = a_person(at_work.portal, show_organisation(work, work.actor.org), Role.COLLECTOR)
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


@pytest.fixture
def kentuckian(portal: Portal) -> AtWork:
    """A private customer in Kentucky, where a presumption counts calls: eight in seven days are too many."""
    return a_case_at_work(portal, of("US", "US-KY"))


def call(at_work: AtWork, hours_ago: float = 0) -> guarding.Judged:
    """What the guard says of an unanswered call some hours ago."""

    def intention(work: Work, case: Case, key: CaseKey) -> guarding.Judged:
        entry = an_entry(work.now - timedelta(hours=hours_ago), Disposition.NA, received_as=None)
        found = guarding.judge(work, case, key, entry)
        assert found is not None
        return found

    return at_work.do(at_work.agency.actor, intention)


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


def test_contacts_of_both_sides_count(kentuckian: AtWork) -> None:
    for _ in range(4):
        log(kentuckian, kentuckian.business.actor, None, received_as=None)
    rows = kentuckian.do(
        kentuckian.agency.actor, lambda work, case, key: guarding.guard_case(work, case, key).rows
    )
    assert len([row for row in rows if row.own]) == 4


def test_contacts_in_another_case_of_the_customer_count_and_say_nothing_of_it(portal: Portal) -> None:
    content = of("US", "US-KY")
    first = a_case_at_work(portal, content)
    other_agency = an_agency(portal)
    again = replace(content, claims=(a_claim(),))
    case = a_ready_case(portal, first.business, again)
    offer = an_offer(portal, first.business, other_agency, case)
    with portal.database.work(other_agency.actor) as work:
        handoffs.accept(work, offer.id)
    second = AtWork(portal, case.id, first.business, other_agency)
    log(first, first.agency.actor)
    seen = situation(second, other_agency.actor).history
    assert [(one.channel, one.outcome, one.debts) for one in seen] == [
        (g.Channel.CALL, g.Outcome.CONVERSATION, frozenset({"another"}))
    ]
    stranger = a_case_at_work(portal, of("US", "US-KY"))
    assert situation(stranger, stranger.agency.actor).history == ()


def test_nobody_asks_for_the_contacts_of_a_customer_without_a_case_of_theirs(
    portal: Portal, kentuckian: AtWork
) -> None:
    from handoff_portal.contacts.store.facts import list_rows  # noqa: PLC0415

    log(kentuckian, kentuckian.agency.actor)
    stranger = an_agency(portal)
    with portal.database.work(stranger.actor) as work:
        found = list_rows(work, [kentuckian.case], work.now - timedelta(days=9))
    assert found == {kentuckian.case: []}


def test_what_the_customer_asked_counts_for_both_sides(kentuckian: AtWork) -> None:
    quiet = Terms(days=(0, 1), start=9 * 3600, end=12 * 3600, author="Aisha")
    note(kentuckian, kentuckian.business.actor, FactKind.QUIET, quiet)
    note(kentuckian, kentuckian.business.actor, FactKind.CONSENT, Terms(channels=("email", "call")))
    note(kentuckian, kentuckian.agency.actor, FactKind.EMPLOYER_PROHIBITS)
    found = situation(kentuckian, kentuckian.agency.actor)
    (wish,) = found.wishes
    assert (wish.days, wish.start, wish.end) == (frozenset({0, 1}), 9 * 3600, 12 * 3600)
    assert {g.Fact.EMAIL_CONSENT, g.Fact.CONSENT, g.Fact.EMPLOYER_PROHIBITS} <= found.facts
    assert found.consent_on is not None
    assert not found.opted_out


def test_the_last_word_on_a_way_of_contact_counts(kentuckian: AtWork) -> None:
    note(kentuckian, kentuckian.agency.actor, FactKind.CONSENT, Terms(channels=("email", "sms")))
    note(kentuckian, kentuckian.agency.actor, FactKind.CONSENT_WITHDRAWN, Terms(channels=("sms",)))
    found = situation(kentuckian, kentuckian.agency.actor)
    assert found.opted_out == {g.Channel.SMS}
    assert asked(kentuckian, kentuckian.agency.actor, g.Channel.SMS).outlook is g.Outlook.BLOCKED


def test_a_fact_ends_only_by_somebody_who_may_lift_holds(kentuckian: AtWork, portal: Portal) -> None:
    note(kentuckian, kentuckian.agency.actor, FactKind.CONSENT_WITHDRAWN, Terms(channels=("sms",)))
    (fact,) = kentuckian.do(kentuckian.agency.actor, known.list_facts)
    with portal.database.work(kentuckian.agency.actor) as work:
        collector = a_person(portal, show_organisation(work, kentuckian.agency.actor.org), Role.COLLECTOR)
    with pytest.raises(Forbidden):
        kentuckian.do(collector.actor, lambda work, case, key: known.end_fact(work, case, key, fact.id))
    kentuckian.do(kentuckian.agency.actor, lambda work, case, key: known.end_fact(work, case, key, fact.id))
    assert situation(kentuckian, kentuckian.agency.actor).opted_out == frozenset()
    with pytest.raises(NotFound):
        kentuckian.do(
            kentuckian.agency.actor, lambda work, case, key: known.end_fact(work, case, key, fact.id)
        )


def test_a_notice_that_nobody_wrote_down_was_not_sent(kentuckian: AtWork) -> None:
    assert situation(kentuckian, kentuckian.agency.actor).sent[g.Sent.VALIDATION].sent_at is None
    note(kentuckian, kentuckian.agency.actor, FactKind.VALIDATION_SENT)
    assert situation(kentuckian, kentuckian.agency.actor).sent[g.Sent.VALIDATION].sent_at is not None


def test_all_zones_that_address_and_telephone_leave_open_must_agree(portal: Portal) -> None:
    at_work = a_case_at_work(portal, of("US", "US-KY", phones=("+16502530000",)))
    zones = {str(zone) for zone in situation(at_work, at_work.agency.actor).zones}
    assert {"America/New_York", "America/Chicago", "America/Los_Angeles"} <= zones


def test_the_eighth_call_in_seven_days_is_blocked_by_a_presumption(kentuckian: AtWork) -> None:
    for number in range(7):
        log(kentuckian, kentuckian.agency.actor, Disposition.NA, received_as=None)
        assert ("US-FREQ-7IN7" in call(kentuckian).verdict.rules) is (number == 6)


def test_a_contact_is_judged_at_its_own_time(kentuckian: AtWork) -> None:
    """At three in the morning in Kentucky nobody calls, whenever it is written down."""

    def at_night(work: Work, case: Case, key: CaseKey) -> guarding.Judged | None:
        night = datetime.combine(work.now.date() - timedelta(days=2), datetime.min.time(), ZoneInfo("UTC"))
        return guarding.judge(work, case, key, an_entry(night + timedelta(hours=9)))

    found = kentuckian.do(kentuckian.agency.actor, at_night)
    assert found is not None
    assert "US-HOURS" in " ".join(found.verdict.rules)


def test_times_kept_for_lists_are_forgotten_when_the_customer_was_contacted_elsewhere(
    portal: Portal, postgres: EmbeddedPostgres
) -> None:
    content = of("US", "US-KY")
    first = a_case_at_work(portal, content)
    second = a_ready_case(portal, first.business, replace(content, claims=(a_claim(),)))
    offer = an_offer(portal, first.business, first.agency, second)
    with portal.database.work(first.agency.actor) as work:
        handoffs.accept(work, offer.id)
        case = cases.load_case(work, second.id)
        guarding.refresh_call_times(work, case, cases.open_key(work, case))
    assert _known_until(postgres, second) is not None
    log(first, first.agency.actor)
    assert _known_until(postgres, second) is None


def _known_until(postgres: EmbeddedPostgres, case: Case) -> datetime | None:
    with postgres.administrator("portal") as connection:
        query = "select call_known_until from cases where id = %s"
        found: datetime | None = connection.execute(query, (case.id,)).fetchone()[0]  # type: ignore[index]
        return found
