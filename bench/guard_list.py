"""The case list of an agency with the guard's column, against the same list without it."""

from functools import partial

from bench import load
from bench.figures import Aim, Figure, in_turn
from bench.load import Answers, Job
from bench.pages import fill_with_people, list_paths
from bench.scale import Scale
from bench.serving import served
from bench.world import SignedIn, World, a_portal, a_world
from handoff_portal.adapters.clock import new_id

_NAME = "guarded"
_CASES = 2_000
_SECONDS = 3.0
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
    """Milliseconds of a page of either list, one request at a time."""
    with a_world() as world:
        environment = world.new_database(_NAME)
        with a_portal(environment) as portal:
            _, person = fill_with_people(world, portal, _NAME, _CASES)
            _let_call(world, person)
            paths = list_paths(portal, person)
        with (
            served("handoff_portal.app:create", environment) as real,
            served("bench.without_calls:create", environment) as without,
        ):
            ask = partial(_ask, person, min(scale.load_seconds, _SECONDS))
            _forget_times(world)
            first = [ask(real.port, [path], seconds=0.0) for path in paths]
            found: dict[str, list[Answers]] = {"with": [], "without": []}
            runs = {"with": partial(_note, found["with"], partial(ask, real.port, paths))}
            runs["without"] = partial(_note, found["without"], partial(ask, without.port, paths))
            taken = in_turn(scale.rounds, runs)
    return {
        "guard_list": Figure(
            unit="ms",
            values=taken["with"],
            what="a page of 25 cases that says who may be called now",
            against=taken["without"],
            against_what="the same page without that column and what it is made from",
            aim=Aim("ratio", at_most=_MOST),
            more={
                "first_look_ms": [round(one.p50 * 1000, 1) for one in first],
                "bytes": {name: answers[-1].octets for name, answers in found.items()},
                "different_pages": len(paths),
            },
        )
    }


def _ask(
    person: SignedIn, usual: float, port: int, paths: list[str], seconds: float | None = None
) -> Answers:
    return load.run(Job(port, paths, dict(person.headers), 1, usual if seconds is None else seconds))


def _note(found: list[Answers], ask: "partial[Answers]") -> float:
    """Median milliseconds of one run."""
    found.append(ask())
    return found[-1].p50 * 1000


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
