"""What the guard knows of a case: both sides' contacts, other cases of the customer, wishes, clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from at_work import AtWork, a_case_at_work
from builders import a_claim
from contact_steps import an_entry, log
from guarded_cases import asked, call, note, of, situation
from handoff_builders import a_ready_case, an_agency, an_offer
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.actions import guarding, known
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.facts import FactKind, Terms
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Forbidden, NotFound
from handoff_portal.guard.model import terms as g
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import a_person


@pytest.fixture
def kentuckian(portal: Portal) -> AtWork:
    """A private customer in Kentucky, where a presumption counts calls: eight in seven days are too many."""
    return a_case_at_work(portal, of("US", "US-KY"))


def test_contacts_of_both_sides_count(kentuckian: AtWork) -> None:
    for _ in range(4):
        log(kentuckian, kentuckian.business.actor, None, received_as=None)
    rows = kentuckian.do(
        kentuckian.agency.actor, lambda work, case, key: guarding.guard_case(work, case, key).rows
    )
    assert len([row for row in rows if row.own]) == 4


def two_cases(portal: Portal) -> tuple[AtWork, AtWork]:
    """Two cases of one customer, each held by another agency; the first was contacted."""
    content = of("US", "US-KY")
    first, agency = a_case_at_work(portal, content), an_agency(portal)
    case = a_ready_case(portal, first.business, replace(content, claims=(a_claim(),)))
    offer = an_offer(portal, first.business, agency, case)
    with portal.database.work(agency.actor) as work:
        handoffs.accept(work, offer.id)
    log(first, first.agency.actor)
    return first, AtWork(portal, case.id, first.business, agency)


def test_contacts_in_another_case_of_the_customer_count_and_say_nothing_of_it(portal: Portal) -> None:
    _, second = two_cases(portal)
    seen = situation(second, second.agency.actor).history
    assert [(one.channel, one.outcome, one.debts) for one in seen] == [
        (g.Channel.CALL, g.Outcome.CONVERSATION, frozenset({"another"}))
    ]
    stranger = a_case_at_work(portal, of("US", "US-KY"))
    assert situation(stranger, stranger.agency.actor).history == ()


def test_nobody_asks_for_the_contacts_of_a_customer_without_a_case_of_theirs(portal: Portal) -> None:
    first, second = two_cases(portal)
    query = text("select count(*) from contacts_with_customer(:case, '-infinity')")
    counts = []
    for asking in (second.agency, first.agency, an_agency(portal)):
        with portal.database.work(asking.actor) as work:
            counts.append(work.read(query, {"case": second.case}).scalar_one())
    assert counts == [1, 0, 0]


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
