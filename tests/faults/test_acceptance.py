"""Portals killed while several agencies accept the same case: one gets it whole, or nobody gets anything."""

import logging
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest

from faults.posting import Answer, get, post
from faults.processes import named, wait_until, wait_until_gone
from faults.soundness import SOAK, one, require_whole_log, rounds
from handoff_builders import a_business, a_ready_case, an_agency
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.account import USUAL_ORDER
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import OrgId
from handoff_portal.handoffs.actions import making
from handoff_portal.handoffs.model.offer import Offer, OfferTerms
from handoff_portal.web.portal import Portal
from people import SignedIn
from served import Served, served

_log = logging.getLogger(__name__)
WEB = "fault-web"

POINTS = (
    "select from cases where id = %s for update",
    "select from case_counter where case_id = %s for update",
    "lock table audit_queue in exclusive mode",
)
"""Locks that hold an acceptance up: before it changes anything, before its first event, before the queue."""


COUNTS = (
    "select count(*) from handoff where case_id = %s",
    "select count(*) from handoff join cases c on c.id = case_id where c.id = %s and holder_id = agency_id",
    "select count(*) from case_grant join cases c on c.id = case_id where id = %s and org_id <> business_id",
    "select count(*) from case_grant join cases c on c.id = case_id where id = %s and org_id = holder_id",
    "select count(*) from audit_event where case_id = %s and action = 'case.accepted'",
    "select count(*) from audit_event where case_id = %s and action = 'grant.made'",
)
"""Each is 1 for a case that was handed over, 0 for one that was not."""


@dataclass
class Contest:
    """Some agencies want the cases of one business."""

    portal: Portal
    postgres: EmbeddedPostgres
    administrator: psycopg.Connection
    business: SignedIn
    agencies: list[SignedIn]

    def a_case(self) -> list[Offer]:
        """A fresh case, offered to everybody."""
        case: Case = a_ready_case(self.portal, self.business)
        with self.portal.database.work(self.business.actor) as work:
            terms = OfferTerms(1500, USUAL_ORDER, work.now + timedelta(days=7))
            return making.offer_cases(work, [case.id], [one.actor.org for one in self.agencies], terms)

    def accept(self, port: int, offer: Offer) -> Answer:
        """One agency presses the button."""
        agency = next(one for one in self.agencies if one.actor.org == offer.agency)
        return post(self.portal, port, agency, f"/offers/{offer.id}/accept")

    def warm_up(self, port: int, offers: list[Offer]) -> None:
        """Everybody has looked at the offer, so that a contest measures acceptances only."""
        with ThreadPoolExecutor() as together:
            looks = [
                together.submit(get, self.portal, port, agency, f"/offers/{offer.id}")
                for agency, offer in zip(self.agencies, offers, strict=True)
            ]
        assert {look.result().status for look in looks} == {200}

    def require_sound(self, offers: list[Offer], answers: list[Answer]) -> bool:
        """Held by exactly one agency (True), or offered as if nobody had ever tried (False)."""
        case = offers[0].case
        query = "select state, holder_id from cases where id = %s"
        state, holder = self.administrator.execute(query, (case,)).fetchone() or ("", None)
        of_case = "select agency_id, state from offer where case_id = %s"
        seen: dict[OrgId, str] = dict(self.administrator.execute(of_case, (case,)).fetchall())
        winners = [
            offer.agency for offer, answer in zip(offers, answers, strict=True) if answer.status == 303
        ]
        held = bool(state == "held")
        assert state in {"held", "offered"}
        if held:
            assert winners in ([], [holder])
            assert seen.pop(holder) == "accepted"
            assert set(seen.values()) == {"lost"}
        else:
            assert winners == []
            assert holder is None
            assert set(seen.values()) == {"open"}
        self._require_counts(offers[0], int(held))
        return held

    def _require_counts(self, offer: Offer, expected: int) -> None:
        """Hand-offs, grants of agencies and events, each as often as the case was handed over."""
        for query in COUNTS:
            assert one(self.administrator, query, offer.case) == expected, query


@pytest.fixture(scope="module")
def players(portal: Portal) -> tuple[SignedIn, list[SignedIn]]:
    return a_business(portal), [an_agency(portal) for _ in range(4)]


@pytest.fixture
def contest(
    portal: Portal,
    postgres: EmbeddedPostgres,
    administrator: psycopg.Connection,
    players: tuple[SignedIn, list[SignedIn]],
) -> Contest:
    return Contest(portal, postgres, administrator, *players)


@contextmanager
def contested(contest: Contest, server: Served, offers: list[Offer]) -> Iterator[list["Future[Answer]"]]:
    """Everybody accepts at once; the block goes on while they wait."""
    with ThreadPoolExecutor(len(offers)) as together:
        yield [together.submit(contest.accept, server.port, offer) for offer in offers]


def duration(contest: Contest, server: Served) -> float:
    """Seconds that a contest takes when nobody is killed."""
    took = []
    for number in range(4):
        offers = contest.a_case()
        contest.warm_up(server.port, offers)
        begun = time.perf_counter()
        with contested(contest, server, offers) as waiting:
            pass
        answers = [one.result() for one in waiting]
        took += [time.perf_counter() - begun] if number else []
        assert sorted(answer.status for answer in answers) == [303, 409, 409, 409]
        assert contest.require_sound(offers, answers)
    return statistics.median(took)


def finish(contest: Contest, server: Served, offers: list[Offer], *, held: bool) -> None:
    """After a new start the offer can be accepted, and whoever has the case already is led to it."""
    answers = [contest.accept(server.port, offer) for offer in offers]
    assert sorted(answer.status for answer in answers) == [303, 409, 409, 409]
    assert contest.require_sound(offers, answers)
    assert held or answers[0].status == 303


def kill_after(contest: Contest, server: Served, offers: list[Offer], moment: float) -> list[Answer]:
    """Kill the server so many seconds after everybody began to accept."""
    contest.warm_up(server.port, offers)
    with contested(contest, server, offers) as waiting:
        time.sleep(moment)
        server.kill()
    return [one.result() for one in waiting]


def kill_at(contest: Contest, server: Served, offers: list[Offer], point: str) -> list[Answer]:
    """Kill the server when all acceptances are held up by a lock."""
    with contest.postgres.administrator("faults") as blocker, blocker.transaction():
        blocker.execute(point.encode(), [offers[0].case] * point.count("%s"))
        with contested(contest, server, offers) as waiting:
            wait_until(lambda: _held_up(contest.administrator) == len(offers))
            server.kill()
    answers = [one.result() for one in waiting]
    assert {answer.status for answer in answers} == {0}
    return answers


def plan(lasts: float, number: int) -> list[float | str]:
    """So many moments, evenly over an acceptance, and the known points, all in some order."""
    moments = [lasts * (turn + 0.5) / number for turn in range(number)]
    turns: list[float | str] = [*moments, *(POINTS * max(1, SOAK // 10))]
    random.Random(5).shuffle(turns)  # noqa: S311 - an order, not a secret
    return turns


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_portal_killed_in_mid_acceptance_hands_over_once_or_not_at_all(
    contest: Contest, environment: dict[str, str]
) -> None:
    with served(named(environment, WEB)) as server:
        lasts = duration(contest, server)
    seen: Counter[str] = Counter()
    before: list[Offer] = []
    held = False
    for turn in plan(lasts, rounds(1)):
        offers = contest.a_case()
        with served(named(environment, WEB)) as server:
            if before:
                finish(contest, server, before, held=held)
            strike = (
                kill_at(contest, server, offers, turn)
                if isinstance(turn, str)
                else kill_after(contest, server, offers, turn)
            )
        wait_until_gone(contest.administrator, WEB)
        before, held = offers, contest.require_sound(offers, strike)
        assert not (held and isinstance(turn, str))
        seen[f"{'held' if held else 'offered'}, {sum(one.status == 0 for one in strike)} never answered"] += 1
    _log.info("%d kills in %.0f ms of acceptance: %s", seen.total(), lasts * 1000, dict(seen))
    require_whole_log(contest.portal, contest.administrator)


def _held_up(administrator: psycopg.Connection) -> int:
    query = "select count(*) from pg_stat_activity where application_name = %s and wait_event_type = 'Lock'"
    return one(administrator, query, WEB)
