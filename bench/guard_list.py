"""The case list of an agency with the guard's column, against the same list without it."""

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import cycle, islice
from statistics import median

from bench.figures import Aim, Figure
from bench.pages import fill_with_people, list_paths
from bench.scale import Scale
from bench.serving import served
from bench.world import SignedIn, World, a_portal, a_world
from handoff_portal.adapters.clock import new_id

_NAME = "guarded"
_CASES = 2_000
_REQUESTS = 160
_MOST = 1.3
_PLACES = ("SG", "AU", "GB")
_LICENCE = (
    "insert into licence (id, agency_id, jurisdiction, regulator, number, class, scope, issued_on, state,"
    " source_url, recorded_at, recorded_by, decided_at, decided_by) values (%(id)s, %(org)s, %(place)s,"
    " 'Regulator', 'L-1', '', 'both', '2020-01-01', 'verified', 'https://regulator.example', now(),"
    " %(person)s, now(), %(person)s)"
)
_APPROVAL = (
    "insert into collector_approval (id, agency_id, person_id, jurisdiction, reference, valid_from,"
    " recorded_at, recorded_by) values (%(id)s, %(org)s, %(person)s, %(place)s, 'P-1', '2020-01-01', now(),"
    " %(person)s)"
)


def measure(scale: Scale) -> dict[str, Figure]:
    """Milliseconds of a page of either list, one request at a time, request by request in turn."""
    with a_world() as world:
        environment = world.new_database(_NAME)
        with a_portal(environment) as portal:
            _, person = fill_with_people(world, portal, _NAME, _CASES)
            _let_call(world, person)
            paths = list_paths(portal, person)
        with (
            served("handoff_portal.app:create", environment) as real,
            served("bench.without_calls:create", environment) as without,
            closing(HTTPConnection("127.0.0.1", real.port)) as one,
            closing(HTTPConnection("127.0.0.1", without.port)) as other,
        ):
            ask, ask_other = (partial(_ask, person, connection) for connection in (one, other))
            _forget_times(world)
            first = [ask(path) for path in paths]
            rounds = [_round(paths, ask, ask_other) for _ in range(scale.rounds + 1)][1:]
    return {
        "guard_list": Figure(
            unit="ms",
            values=[middle for middle, _ in rounds],
            what="a page of 25 cases that says who may be called now",
            against=[middle for _, middle in rounds],
            against_what="the same page without that column and what it is made from",
            aim=Aim("ratio", at_most=_MOST),
            more={
                "first_look_ms": [round(taken, 1) for taken in first],
                "different_pages": len(paths),
                "requests": _REQUESTS,
            },
        )
    }


def _round(
    paths: list[str], ask: Callable[[str], float], ask_other: Callable[[str], float]
) -> tuple[float, float]:
    """Median milliseconds of both; whatever else the machine does meets one as it meets the other."""
    taken: list[float] = []
    others: list[float] = []
    for number, path in enumerate(islice(cycle(paths), _REQUESTS)):
        for asked, found in ((ask, taken), (ask_other, others))[:: -1 if number % 2 else 1]:
            found.append(asked(path))
    return median(taken), median(others)


def _ask(person: SignedIn, connection: HTTPConnection, path: str) -> float:
    """Milliseconds until the last byte of the answer."""
    started = time.perf_counter()
    connection.request("GET", path, headers=dict(person.headers))
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"{path} answers {answer.status}")
    return (time.perf_counter() - started) * 1000


def _let_call(world: World, person: SignedIn) -> None:
    """A licence of the agency and an approval of the person, so that the hour decides."""
    who = {"org": person.actor.org, "person": person.actor.person}
    with world.postgres.administrator(_NAME) as connection:
        for place in _PLACES:
            for statement in (_LICENCE, _APPROVAL):
                connection.execute(statement, {**who, "id": new_id(), "place": place})


def _forget_times(world: World) -> None:
    """As if no list had been looked at since the hand-over."""
    with world.postgres.administrator(_NAME) as connection:
        connection.execute("update cases set call_known_until = null, call_open = null, call_basis = null")
        connection.execute("vacuum (analyze) cases")
