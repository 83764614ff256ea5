"""The conduct check inside the work: when a contact is logged, in the supervisor's queue."""

from dataclasses import replace
from uuid import UUID

import pytest

from at_work import AtWork, a_case_at_work
from builders import some_content
from contact_steps import actions_of, log, moments
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.case import Turn
from handoff_portal.conduct.model.terms import Outcome
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.model.communications import Direction, Words
from handoff_portal.contacts.model.conduct import (
    Checked,
    Decision,
    Why,
    why_look,
)
from handoff_portal.core.ids import CommunicationId
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, WrongState
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague, a_person
from words_at_work import KIND, UNKIND, decide, draw, kept, say, waiting


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal, some_content())


@pytest.fixture
def collector(at_work: AtWork) -> SignedIn:
    return a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)


def test_what_an_agency_says_it_said_is_judged_as_it_is_logged(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    made = say(at_work, at_work.agency.actor, UNKIND)
    outcome, classes, model = kept(postgres, made)
    assert outcome == "violation"
    assert classes[0] in {"threat", "intimidation", "ultimatum"}
    assert model is not None
    assert len(model) == 12
    (review,) = waiting(at_work)
    assert (review.communication, review.why, review.model) == (made, Why.VIOLATION, model)
    assert actions_of(postgres, at_work)[-1] != "contact.logged"
    assert "conduct.review_asked" in actions_of(postgres, at_work)


def test_no_word_of_a_finding_reaches_the_log_or_an_open_column(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    say(at_work, at_work.agency.actor, UNKIND)
    with postgres.administrator("portal") as connection:
        rows = connection.execute(
            "select leaf from audit_event where case_id = %s", (at_work.case,)
        ).fetchall()
        found = connection.execute(
            "select sealed_findings::text, t::text from conduct_review t where case_id = %s", (at_work.case,)
        ).fetchall()
    assert not any(b"police" in bytes(row[0]) for row in rows)
    assert not any("police" in cell for row in found for cell in row)


def test_the_words_of_customers_and_of_the_business_are_not_judged(
    at_work: AtWork, postgres: EmbeddedPostgres
) -> None:
    draw(at_work, 100)
    theirs = say(at_work, at_work.agency.actor, UNKIND, direction=Direction.IN)
    own = log(at_work, at_work.business.actor, None, words=Words(author="Ms Tan", text=UNKIND)).id
    assert [kept(postgres, one)[0] for one in (theirs, own)] == [None, None]
    assert waiting(at_work) == []


def test_fine_words_wait_only_where_they_are_drawn(at_work: AtWork, postgres: EmbeddedPostgres) -> None:
    draw(at_work, 0)
    assert kept(postgres, say(at_work, at_work.agency.actor, KIND))[0] == "fine"
    assert waiting(at_work) == []
    draw(at_work, 100)
    made = say(at_work, at_work.agency.actor, KIND)
    assert [(one.communication, one.why) for one in waiting(at_work)] == [(made, Why.SAMPLE)]


@pytest.mark.parametrize("percent", [0, 5, 50, 100])
def test_the_draw_keeps_to_the_rate(percent: int) -> None:
    fine = Checked(Outcome.FINE, (), "x", cut=False)
    ids = [CommunicationId(UUID(int=number)) for number in range(4000)]
    drawn = sum(why_look(fine, one, percent) is Why.SAMPLE for one in ids)
    assert abs(drawn - 40 * percent) < 80
    assert why_look(replace(fine, outcome=Outcome.REVIEW), ids[0], 0) is Why.REVIEW


def test_a_sample_rate_is_a_percentage(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work, pytest.raises(Invalid):
        conduct.set_sample(work, 101)


def test_a_breach_is_seen_by_the_business_with_its_reason_and_becomes_its_turn(
    at_work: AtWork, collector: SignedIn, postgres: EmbeddedPostgres
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    before = [one.chips for one in moments(at_work, at_work.business.actor)]
    assert not any("Words wait for a look" in dict(chips) for chips in before)
    decide(at_work, at_work.agency.actor, made, Decision.BREACH, "We never speak of the police.")
    (seen,) = [one for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert "Breach of respectful contact" in dict(seen.chips)
    assert ("Supervisor", "We never speak of the police.") in seen.more
    assert at_work.look(at_work.business.actor).turn is Turn.BUSINESS
    assert "conduct.decided" in actions_of(postgres, at_work)
    assert waiting(at_work) == []


@pytest.mark.parametrize("decision", [Decision.FINE, Decision.COACH])
def test_what_is_fine_or_coached_stays_inside_the_agency(
    at_work: AtWork, collector: SignedIn, decision: Decision
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    decide(at_work, at_work.agency.actor, made, decision, "Ask what they can manage.")
    (seen,) = [one for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert not any("kinder" in word or "Breach" in word for word, _ in seen.chips)
    assert not any(term == "Supervisor" for term, _ in seen.more)


def test_nobody_judges_their_own_words(at_work: AtWork) -> None:
    made = say(at_work, at_work.agency.actor, UNKIND)
    with pytest.raises(Forbidden):
        decide(at_work, at_work.agency.actor, made, Decision.FINE)


def test_words_are_decided_about_once_and_with_a_reason(at_work: AtWork, collector: SignedIn) -> None:
    made = say(at_work, collector.actor, UNKIND)
    with pytest.raises(Invalid):
        decide(at_work, at_work.agency.actor, made, Decision.COACH, "  ")
    decide(at_work, at_work.agency.actor, made, Decision.FINE)
    with pytest.raises(WrongState):
        decide(at_work, at_work.agency.actor, made, Decision.BREACH, "Second thoughts.")


def test_opening_the_words_is_in_the_log_and_only_a_supervisor_of_the_holder_can(
    at_work: AtWork, collector: SignedIn, postgres: EmbeddedPostgres
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    with at_work.portal.database.work(at_work.agency.actor) as work:
        found = conduct.open_words(work, made)
    assert found.said.words.text == UNKIND
    assert found.findings
    assert all(one.words in UNKIND for one in found.findings)
    assert not found.own
    assert actions_of(postgres, at_work)[-1] == "conduct.words_read"
    with at_work.portal.database.work(collector.actor) as work, pytest.raises(Forbidden):
        conduct.open_words(work, made)
    with at_work.portal.database.work(at_work.business.actor) as work, pytest.raises(Forbidden):
        conduct.open_words(work, made)
    stranger = a_case_at_work(at_work.portal, some_content())
    with at_work.portal.database.work(stranger.agency.actor) as work, pytest.raises(NotFound):
        conduct.open_words(work, made)


def test_training_notes_are_personal_for_collectors_and_whole_for_supervisors(
    at_work: AtWork, collector: SignedIn
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    decide(at_work, at_work.agency.actor, made, Decision.COACH, "Ask what they can manage.")
    with at_work.portal.database.work(at_work.agency.actor) as work:
        organisation = show_organisation(work, work.actor.org)
        (noted,) = conduct.list_noted(work, 10)
    assert (noted.reason, noted.review.decision) == ("Ask what they can manage.", Decision.COACH)
    other = a_person(at_work.portal, organisation, Role.COLLECTOR)
    with at_work.portal.database.work(collector.actor) as work:
        assert len(conduct.list_noted(work, 10)) == 1
    with at_work.portal.database.work(other.actor) as work:
        assert conduct.list_noted(work, 10) == []
