"""Files that people send hold anything: each vector is decided or refused, nothing breaks."""

import copy
import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.cases import book
from handoff_portal.guard.book import VECTORS, shipped_vectors
from handoff_portal.guard.model.deciding import decide, prepare
from handoff_portal.guard.model.vectors import read_vectors

WHOLE: dict[str, Any] = {
    "id": "W",
    "jurisdiction": "US-MA",
    "locality": "NYC",
    "debtor_time_zones": ["America/New_York"],
    "debt_type": "consumer",
    "history": [
        {
            "at": "2026-06-01T11:00:00Z",
            "channel": "call",
            "outcome": "voicemail",
            "debts": ["A"],
            "reply": True,
        }
    ],
    "proposed": {
        "at": "2026-06-09T11:00:00Z",
        "channel": "call",
        "place": "home",
        "purpose": "collection",
        "content_flags": ["threat"],
        "debt": "A",
    },
    "state": {
        "cease": {"at": "2026-06-01T11:00:00Z", "in_writing": True, "answered_at": None},
        "dispute": {"at": "2026-06-01T11:00:00Z", "verified": True},
        "no_work_calls": {"at": "2026-06-01T11:00:00Z", "in_writing": False, "confirmed_in_writing": True},
        "represented": False,
        "licence": {"expires_on": "2026-06-01", "status": "active", "jurisdictions": ["US"]},
        "inconvenient": [{"days": ["mon"], "start": "10:00", "end": "11:00"}],
        "work_hours": ["09:00", "17:00"],
        "opted_out": ["sms"],
        "prior_consent": {"at": "2026-06-01T02:00:00Z"},
        "validation_notice": {"sent_at": "2026-06-01T11:00:00Z", "channel": "letter"},
        "initial_communication_at": "2026-06-01T11:00:00Z",
        "on_notice_sent_at": "2026-06-01T11:00:00Z",
        "breathing_space": {"start_on": "2026-06-01", "covers_debt": True, "mental_health": True},
        "forbearance": "2026-06-01T11:00:00Z",
        "days_past_due": 30,
        "work_email_exception": "consumer_used",
    },
    "expected": "blocked",
    "rule": "US-HOURS",
    "also_triggered": ["US-MA-FREQ"],
}
_strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.text("az-0:é ", max_size=6),
    st.sampled_from(
        ["2026-06-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "25:00", "mon-", "letter", "A/../B"]
    ),
    st.lists(st.one_of(st.none(), st.integers(), st.text("az0", max_size=3)), max_size=2),
    st.dictionaries(st.sampled_from(["at", "on", "id", "start"]), st.text("az0", max_size=4), max_size=2),
)


def _paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inside for found in _paths(one, (*path, key)))]


def _changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    whole = copy.deepcopy(WHOLE)
    inside: Any = whole
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return whole


@given(st.lists(st.tuples(st.sampled_from(_paths(WHOLE)[1:]), _strange), min_size=1, max_size=1))
@settings(max_examples=800)
def test_a_vector_with_anything_in_one_place_is_decided_or_refused(
    changes: list[tuple[tuple[Any, ...], object]],
) -> None:
    ((path, value),) = changes
    found = read_vectors(json.dumps({"vectors": [_changed(path, value)]}).encode())
    assert len(found.read) + len(found.bad) == 1
    for vector in found.read:
        decide(prepare(book(), vector.situation), vector.proposed)
    for bad in found.bad:
        assert bad.mistakes


def test_the_whole_vector_is_understood_to_the_last_field() -> None:
    (vector,) = read_vectors(yaml.safe_dump({"vectors": [WHOLE]}).encode()).read
    assert vector.remarks == ()
    assert vector.situation.work_hours == (9 * 3600, 17 * 3600)
    assert str(vector.situation.consent_on) == "2026-05-31"


def test_vectors_that_come_with_the_portal_are_many_and_unlike() -> None:
    vectors = [vector for name in VECTORS for vector in shipped_vectors(name)]
    assert len({vector.id for vector in vectors}) == len(vectors) > 1700
