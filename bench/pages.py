"""How fast the case list and the case page are, against bare pages, in a small and in a large database."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from bench import bare, load
from bench.figures import Aim, Figure, in_turn
from bench.filling import Share, fill
from bench.load import Answers, Job
from bench.scale import Scale
from bench.serving import served
from bench.whole_cases import whole_case
from bench.world import SignedIn, World, a_person, a_portal, a_world, an_organisation
from handoff_portal.adapters.vault.cases import OrgKey
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.app import build
from handoff_portal.core.permissions import OrgKind
from handoff_portal.identity.actions.organisations import open_org_key
from handoff_portal.web.portal import Portal

LIST, CASE = "case_list", "case_page"
_ORGANISATIONS = 10
_WHOLE_CASES = 20
_LIST_PAGES = 10
_NEXT = re.compile(r'href="(/cases\?[^"]*after=[^"]*)"')
_MOST_SLOWER = 1.3


@dataclass(frozen=True)
class Site:
    """One filled database with the real and the bare server on it.

    Attributes:
        cases: How many it holds.
        paths: Paths of the case list and of case pages.
    """

    cases: int
    paths: Mapping[str, list[str]]
    headers: Mapping[str, str]
    real: int
    bare: int


def measure(scale: Scale) -> dict[str, Figure]:
    """Requests a second of both pages at both sizes; the 95th percentile of the large against the small."""
    with ExitStack() as stack:
        world = stack.enter_context(a_world())
        sites = [stack.enter_context(_site(world, count)) for count in scale.cases]
        answers: dict[str, list[Answers]] = {}
        runs = {
            name: partial(_run, answers, name, site, page, server, scale)
            for page in (LIST, CASE)
            for site in sites
            for server in ("real", "bare")
            for name in [f"{page} {server} {site.cases}"]
        }
        rates = in_turn(scale.rounds, runs)
        figures: dict[str, Figure] = {}
        for page in (LIST, CASE):
            figures |= _figures(page, sites, rates, answers, scale.rounds)
    return figures


def _run(
    answers: dict[str, list[Answers]], name: str, site: Site, page: str, server: str, scale: Scale
) -> float:
    port = site.real if server == "real" else site.bare
    job = Job(port, list(site.paths[page]), dict(site.headers), scale.connections, scale.load_seconds)
    found = load.run(job)
    answers.setdefault(name, []).append(found)
    return found.rate


def _figures(
    page: str,
    sites: Sequence[Site],
    rates: Mapping[str, list[float]],
    answers: Mapping[str, list[Answers]],
    rounds: int,
) -> dict[str, Figure]:
    figures = {}
    for site, size in zip(sites, ("", "_large"), strict=True):
        name = f"{page} real {site.cases}"
        figures[page + size] = Figure(
            unit="requests/s",
            values=rates[name],
            what=f"the {page.replace('_', ' ')}, {site.cases:,} cases",
            against=rates[f"{page} bare {site.cases}"],
            against_what="a bare Litestar page with the same queries and template",
            aim=Aim("ratio", at_least=0.5),
            more=_beside(answers[name], site.paths[page]),
        )
    small, large = (_p95(answers[f"{page} real {site.cases}"], rounds) for site in sites)
    figures[f"{page}_p95"] = Figure(
        unit="ms",
        values=large,
        what=f"95th percentile of the {page.replace('_', ' ')} with {sites[1].cases:,} cases",
        against=small,
        against_what=f"the same with {sites[0].cases:,} cases",
        aim=Aim("ratio", at_most=_MOST_SLOWER),
    )
    return figures


def _beside(answers: Sequence[Answers], paths: Sequence[str]) -> dict[str, Any]:
    middle = sorted(answers, key=lambda one: one.rate)[len(answers) // 2]
    return {
        "p50_ms": round(middle.p50 * 1000, 2),
        "p95_ms": round(middle.p95 * 1000, 2),
        "p99_ms": round(middle.p99 * 1000, 2),
        "bytes": middle.octets,
        "different_pages": len(paths),
        "requests": sum(one.count for one in answers),
    }


def _p95(answers: Sequence[Answers], rounds: int) -> list[float]:
    return [one.p95 * 1000 for one in answers[-rounds:]]


@contextmanager
def _site(world: World, count: int) -> Iterator[Site]:
    name = f"cases{count}"
    environment = world.new_database(name)
    with a_portal(environment) as portal:
        person, _ = fill_with_people(world, portal, name, count)
        paths = {LIST: list_paths(portal, person), CASE: _case_paths(portal, person)}
    noted = {
        bare.ROLE_URL: world.let_bare_role_in(name),
        bare.PATHS: json.dumps([path for some in paths.values() for path in some]),
        bare.HEADERS: json.dumps(dict(person.headers)),
    }
    with (
        served("handoff_portal.app:create", environment) as real,
        served("bench.bare:create", environment | noted) as plain,
    ):
        yield Site(count, paths, person.headers, real.port, plain.port)


def fill_with_people(world: World, portal: Portal, name: str, count: int) -> tuple[SignedIn, SignedIn]:
    """Fill the database; give a person of the business and one of the agency with a fifth of all cases."""
    businesses, agencies = (
        [
            a_person(portal, an_organisation(portal, kind, f"{kind.value.title()} {number}"))
            for number in range(_ORGANISATIONS)
        ]
        for kind in (OrgKind.BUSINESS, OrgKind.AGENCY)
    )
    share = Share(
        dsn="",
        count=count,
        seed=count,
        businesses=[_org_key(portal, one) for one in businesses],
        agencies=[_org_key(portal, one) for one in agencies],
        index_root=portal.vault.system_key(SystemKey.BLIND_INDEX),
        until=portal.database.clock(),
    )
    fill(world, name, count, share)
    return businesses[0], agencies[0]


def _org_key(portal: Portal, person: SignedIn) -> OrgKey:
    with portal.database.work(person.actor) as work:
        return open_org_key(work, person.actor.org)


def _case_paths(portal: Portal, person: SignedIn) -> list[str]:
    return [f"/cases/{whole_case(portal, person, number)}" for number in range(_WHOLE_CASES)]


def list_paths(portal: Portal, person: SignedIn) -> list[str]:
    """The first page of the list and those that its link to the next leads to."""
    paths = ["/cases"]
    with TestClient(build(portal), base_url="http://127.0.0.1") as client:
        while len(paths) < _LIST_PAGES:
            following = _NEXT.search(_got(client, paths[-1], person))
            if following is None:
                break
            paths.append(unescape(following[1]))
    return paths


def _got(client: "TestClient[Litestar]", path: str, person: SignedIn) -> str:
    answer = client.get(path, headers=dict(person.headers))
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise RuntimeError(f"{path} answers {answer.status_code}: {answer.text[:300]}")
    return answer.text
