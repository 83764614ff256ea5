"""A portal killed while a large selection is being offered: whole parts went out, the rest waits."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from bulk_cases import many_cases
from faults.posting import DIED, Answer, get, post
from faults.processes import named, wait_until, wait_until_gone
from faults.soundness import one, require_whole_log
from handoff_builders import a_business, an_agency
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.handoffs.actions.selections import PART
from handoff_portal.web.portal import Portal
from people import SignedIn
from served import served

WEB = "offering-web"
CASES = PART + 120
PLACE = "/offers/selection"
_WAITS = "select count(*) from pg_stat_activity where application_name = %s and wait_event_type = 'Lock'"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def hidden(answer: Answer) -> dict[str, str | list[str]]:
    """What the page in between sends along, or the form of the plan with its mark."""
    found: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(answer.text.partition("<main")[2]):
        if name != "csrf_token":
            found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def typed(portal: Portal, agencies: Sequence[SignedIn]) -> dict[str, str | list[str]]:
    """What a person says in the form: every case to every agency."""
    ends = portal.database.clock() + timedelta(days=7)
    return {
        "agency": [str(agency.actor.org) for agency in agencies],
        "split": "every",
        "commission": "15",
        "order": "costs-interest-fees-principal",
        "expires_at": f"{ends:%Y-%m-%dT%H:%M}",
    }


def require_sound(administrator: psycopg.Connection, business: SignedIn, cases: int, agencies: int) -> None:
    """So many cases are offered to all agencies, each once, with one event an offer; no other is."""
    own = business.actor.org
    asked = {
        "select count(*) from offer where business_id = %s": cases * agencies,
        "select count(distinct (case_id, agency_id)) from offer where business_id = %s": cases * agencies,
        "select count(*) from cases where business_id = %s and state = 'offered'": cases,
        "select count(*) from audit_event where own_org_id = %s and action = 'case.offered'": cases
        * agencies,
    }
    assert {query: one(administrator, query, own) for query in asked} == asked


@pytest.mark.timeout(300)
def test_a_portal_killed_while_offering_leaves_whole_parts_and_goes_on_without_offering_twice(
    portal: Portal,
    postgres: EmbeddedPostgres,
    administrator: psycopg.Connection,
    environment: dict[str, str],
) -> None:
    business, agencies = a_business(portal), [an_agency(portal), an_agency(portal)]
    many_cases(portal, business, CASES)
    said = typed(portal, agencies)
    with served(named(environment, WEB)) as server:
        plan = post(portal, server.port, business, PLACE, **said, go="look")
        seen = str(hidden(plan)["seen"])
        first = post(portal, server.port, business, PLACE, **said, go="offer", seen=seen)
        assert f"{PART:,} of {CASES:,} cases offered" in first.text
        require_sound(administrator, business, PART, len(agencies))
        left = "select id from cases where business_id = %s and state = 'ready' order by id desc limit 1"
        with postgres.administrator("faults") as blocker, blocker.transaction():
            row = blocker.execute(f"{left} for update".encode(), (business.actor.org,)).fetchone()
            assert row is not None
            with ThreadPoolExecutor(1) as together:
                waiting = together.submit(post, portal, server.port, business, PLACE, **hidden(first))
                wait_until(lambda: one(administrator, _WAITS, WEB))
                server.kill()
                assert waiting.result() == DIED
    wait_until_gone(administrator, WEB)
    require_sound(administrator, business, PART, len(agencies))
    with served(named(environment, WEB)) as server:
        queue = get(portal, server.port, business, "/cases?state=ready")
        assert f"Offer these {CASES - PART:,}" in re.sub(r"<[^>]+>|\s+", " ", queue.text).replace("  ", " ")
        last = post(portal, server.port, business, PLACE, **hidden(first))
        assert (last.status, last.location) == (303, "/offers")
        require_sound(administrator, business, CASES, len(agencies))
        twice = post(portal, server.port, business, PLACE, **hidden(first))
        assert twice.status in {200, 422}
    require_sound(administrator, business, CASES, len(agencies))
    require_whole_log(portal, administrator)
