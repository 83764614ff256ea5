"""Words that nobody had decided about when their case left are closed, with a reason both sides see."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from builders import some_content
from contact_steps import actions_of, moments
from desk_browsing import sign_in
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.model.conduct import Decision, Review, Why
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.handoffs.model.handoff import RecallReason, ReturnReason
from handoff_portal.web.portal import Portal
from people import SignedIn, a_colleague
from security.borrowing import as_app
from words_at_work import KIND, UNKIND, decide, draw, say, waiting


@pytest.fixture
def at_work(portal: Portal) -> AtWork:
    return a_case_at_work(portal, some_content())


@pytest.fixture
def collector(at_work: AtWork) -> SignedIn:
    return a_colleague(at_work.portal, at_work.agency, Role.COLLECTOR)


def give_back(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        handoffs.return_case(work, at_work.case, next(iter(ReturnReason)))


def recall(at_work: AtWork) -> None:
    with at_work.portal.database.work(at_work.business.actor) as work:
        handoffs.recall_case(work, at_work.case, next(iter(RecallReason)))


def left(at_work: AtWork, actor: SignedIn | None = None) -> list[Review]:
    with at_work.portal.database.work((actor or at_work.agency).actor) as work:
        return conduct.list_left(work)


@pytest.mark.parametrize("end", [give_back, recall])
def test_what_a_case_leaves_undecided_is_closed_with_an_event(
    at_work: AtWork, collector: SignedIn, postgres: EmbeddedPostgres, end: object
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    assert len(waiting(at_work)) == 1
    assert callable(end)
    end(at_work)
    assert waiting(at_work) == []
    assert [(one.communication, one.decision) for one in left(at_work)] == [(made, Decision.LEFT)]
    assert "conduct.decided" in actions_of(postgres, at_work)
    with pytest.raises(NotFound):
        decide(at_work, at_work.agency.actor, made, Decision.FINE)


def test_the_business_reads_that_nobody_had_looked_at_what_stood_out(
    at_work: AtWork, collector: SignedIn
) -> None:
    say(at_work, collector.actor, UNKIND)
    draw(at_work, 100)
    say(at_work, collector.actor, KIND)
    assert {one.why for one in waiting(at_work)} == {Why.VIOLATION, Why.SAMPLE}
    recall(at_work)
    assert len(left(at_work)) == 2
    told = [dict(one.chips) for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert sum("Nobody had looked at these words" in chips for chips in told) == 1


def test_what_was_decided_stays_as_it_is(at_work: AtWork, collector: SignedIn) -> None:
    made = say(at_work, collector.actor, UNKIND)
    decide(at_work, at_work.agency.actor, made, Decision.BREACH, "We never speak of the police.")
    give_back(at_work)
    assert left(at_work) == []
    (seen,) = [one for one in moments(at_work, at_work.business.actor) if one.group == "contact"]
    assert "Breach of respectful contact" in dict(seen.chips)


def test_nobody_chooses_this_by_hand_or_past_the_pages(
    at_work: AtWork, collector: SignedIn, postgres: EmbeddedPostgres
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    with pytest.raises(Invalid):
        decide(at_work, at_work.agency.actor, made, Decision.LEFT, "Let us forget it.")
    for side in (at_work.agency, at_work.business):
        with as_app(postgres, side.actor.session_hash.hex()) as connection:
            closed = connection.execute("select * from left_reviews(%s, now())", (at_work.case,))
            assert closed.fetchall() == []
    assert len(waiting(at_work)) == 1


def test_the_queue_shows_supervisors_what_left_without_its_words(
    at_work: AtWork, collector: SignedIn, client: TestClient[Litestar]
) -> None:
    made = say(at_work, collector.actor, UNKIND)
    reference = at_work.look(at_work.agency.actor).reference
    give_back(at_work)
    with pytest.raises(Forbidden):
        left(at_work, collector)
    sign_in(client, at_work.agency)
    shown = client.get("/conduct").text
    assert "Left before anybody had decided" in shown
    assert reference in shown
    assert UNKIND not in shown
    assert client.get(f"/conduct/{made}").status_code == 404
    sign_in(client, at_work.business)
    assert "Nobody had looked at these words" in client.get(f"/cases/{at_work.case}").text
