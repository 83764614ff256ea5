"""The respectful-contact score: its parts, its bounds, and who reads whose."""

from dataclasses import replace
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from at_work import AtWork, a_case_at_work
from builders import some_content
from contact_steps import log
from desk_browsing import sign_in
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.agencies.actions.respect import own_respect, respect_of_agencies
from handoff_portal.agencies.model.respect import LEAST_CONTACTS, Counts, respect_of
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.actions import conduct, notes
from handoff_portal.contacts.model.communications import Words
from handoff_portal.contacts.model.conduct import Decision
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import Role
from handoff_portal.web.portal import Portal
from people import a_colleague

GOOD = Counts(OrgId(uuid4()), 200, 100, 100, 0, 80, 80, 0, 0, 0, 4, 4)


def test_a_spotless_agency_has_100_points() -> None:
    found = respect_of(GOOD)
    assert found.score == 100
    assert sum(part.weight for part in found.parts) == 100


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({"flagged": 20}, 98),
        ({"fine": 80}, 95),
        ({"well": 40}, 92),
        ({"complaints": 2}, 97),
        ({"complaints": 10}, 85),
        ({"complaints": 50}, 85),
        ({"breaches": 20}, 97),
        ({"coached": 80}, 97),
        ({"answered": 0}, 95),
    ],
)
def test_each_part_takes_what_its_weight_says(change: dict[str, int], score: int) -> None:
    assert respect_of(replace(GOOD, **change)).score == score  # type: ignore[arg-type]


def test_with_too_few_contacts_there_is_no_score() -> None:
    assert respect_of(replace(GOOD, contacts=LEAST_CONTACTS - 1)).score is None
    assert respect_of(replace(GOOD, contacts=LEAST_CONTACTS)).score is not None


def test_a_part_of_which_nothing_is_known_does_not_count() -> None:
    unknown = replace(GOOD, checked=0, fine=0, received=0, well=0, asked=0, answered=0)
    found = respect_of(unknown)
    assert found.score == 100
    assert [part.label for part in found.parts] == ["Contacts within the rules", "Free of complaints"]


def test_full_points_only_where_nothing_is_missing() -> None:
    found = respect_of(replace(GOOD, contacts=10_000, flagged=1))
    assert found.parts[0].points == 99


@pytest.fixture(scope="module")
def at_work(portal: Portal) -> AtWork:
    found = a_case_at_work(portal, some_content())
    collector = a_colleague(portal, found.agency, Role.COLLECTOR)
    with portal.database.work(found.agency.actor) as work:
        conduct.set_sample(work, 0)
    said = "Thanked them, asked how things are going and agreed to speak again on Tuesday."
    for _ in range(LEAST_CONTACTS - 1):
        log(found, collector.actor, words=Words(author="A", text=said), received_as=ReceivedAs.KINDLY)
    made = log(
        found,
        collector.actor,
        words=Words(author="A", text="Pay by Friday or the police come."),
        received_as=ReceivedAs.ANGRY,
    )
    with portal.database.work(found.agency.actor) as work:
        conduct.decide(work, made.id, Decision.BREACH, "We never speak of the police.")

    def ask(work: Work, case: Case, key: CaseKey) -> None:
        notes.send_note(work, case, key, "How is it going?", asks_answer=True)

    found.do(found.business.actor, ask)
    found.do(found.agency.actor, ask)
    log(found, collector.actor, Disposition.CMP, received_as=ReceivedAs.UPSET)
    return found


def counts(at_work: AtWork, actor: Actor) -> Counts | None:
    with at_work.portal.database.work(actor) as work:
        found = respect_of_agencies(work, [at_work.agency.actor.org]).get(at_work.agency.actor.org)
    return found.counts if found else None


def test_counts_come_from_what_was_logged(at_work: AtWork) -> None:
    found = counts(at_work, at_work.business.actor)
    assert found is not None
    assert (found.contacts, found.checked, found.breaches, found.coached) == (21, 21, 1, 0)
    assert (found.received, found.well) == (21, 19)
    assert (found.complaints, found.asked, found.answered) == (1, 1, 1)
    assert found.fine in {19, 20}


def test_an_agency_reads_its_own_score_and_no_other_one(at_work: AtWork) -> None:
    other = a_case_at_work(at_work.portal, some_content())
    assert counts(at_work, other.agency.actor) is None
    with at_work.portal.database.work(at_work.agency.actor) as work:
        own = own_respect(work)
    assert own is not None
    assert own.score is not None
    with at_work.portal.database.work(at_work.business.actor) as work:
        assert own_respect(work) is None


def test_the_directory_and_the_agencys_home_show_it_with_its_counts(
    at_work: AtWork, client: TestClient[Litestar]
) -> None:
    agency = at_work.agency.actor.org
    sign_in(client, at_work.business)
    shown = client.get(f"/agencies/{agency}").text
    assert "from 21 contacts in the last 90 days" in shown
    assert "breaches: 1, coached: 0" in shown
    assert "too few contacts yet" in client.get("/agencies").text or "of 100" in client.get("/agencies").text
    sign_in(client, at_work.agency)
    assert "from 21 contacts in the last 90 days" in client.get("/").text
