"""Vectors are written by people: what they plausibly write is read, and what nobody can read is named."""

from datetime import date
from typing import Any

import pytest
import yaml

from guard.cases import book
from handoff_portal.guard.model.deciding import decide, prepare
from handoff_portal.guard.model.vectors import BadVector, Vector, read_vectors

PLAIN: dict[str, Any] = {
    "id": "S",
    "jurisdiction": "US-TX",
    "debtor_time_zones": ["America/Chicago"],
    "debt_type": "consumer",
    "proposed": {"at": "2026-06-09T15:00:00Z", "channel": "call"},
}


def _read(**changes: object) -> Vector | BadVector:
    found = read_vectors(yaml.safe_dump({"vectors": [{**PLAIN, **changes}]}).encode())
    return found.read[0] if found.read else found.bad[0]


def _vector(**changes: object) -> Vector:
    found = _read(**changes)
    assert isinstance(found, Vector), found
    return found


def _rules(**changes: object) -> list[str]:
    found = _vector(**changes)
    assert found.remarks == ()
    return decide(prepare(book(), found.situation), found.proposed).rule_ids


def _asked(**changes: object) -> dict[str, object]:
    return {**PLAIN["proposed"], **changes}


@pytest.mark.parametrize(
    ("written", "locality", "read"),
    [
        ("us-tx", "", ("US-TX", "")),
        ("US_TX", "", ("US-TX", "")),
        (["US", "US-TX"], "", ("US-TX", "")),
        ("US-NY/NYC", "", ("US-NY", "NYC")),
        ("US-NY-NYC", "", ("US-NY", "NYC")),
        ("US-NY", "New York City", ("US-NY", "NYC")),
        ("us", "nyc", ("US-NY", "NYC")),
        ("US-NY", "Buffalo", ("US-NY", "Buffalo")),
        ("uk", "", ("GB", "")),
        ("UK-SCT", "", ("GB-SCT", "")),
        (False, "", ("NO", "")),
    ],
)
def test_a_place_is_read_in_its_spellings(written: object, locality: str, read: tuple[str, str]) -> None:
    found = _vector(jurisdiction=written, locality=locality or None).situation
    assert (found.jurisdiction, found.locality) == read


@pytest.mark.parametrize("written", ["Texas", "TX", "XX", "New York", ["US-TX", "US-MA"], [], 7])
def test_what_is_no_place_is_refused_rather_than_left_without_rules(written: object) -> None:
    found = _read(jurisdiction=written)
    assert isinstance(found, BadVector)
    assert found.mistakes[0].startswith("jurisdiction: ")


@pytest.mark.parametrize(
    ("state", "rules"),
    [
        ({"cease": "2026-06-01"}, ["US-CEASE"]),
        ({"cease": {"at": "2026-06-01", "form": "oral"}}, []),
        ({"cease": "oral"}, []),
        ({"represented": "Jane Doe LLP"}, ["US-ATTORNEY"]),
        ({"represented": "no"}, []),
        ({"represented": True, "attorney_unresponsive": True}, []),
        ({"represented": True, "attorney_unresponsive": "unclear"}, ["US-ATTORNEY"]),
        ({"dispute": {"at": "2026-06-01", "in_writing": True, "verification_sent": True}}, []),
        ({"dispute": {"at": "2026-06-01", "in_writing": True, "investigated_at": "2026-06-08"}}, []),
        ({"dispute": {"at": "2026-06-01", "in_writing": True, "status": "resolved"}}, []),
        ({"licence": "expired"}, ["HOUSE-LIC-SCOPE"]),
        ({"licence": "valid"}, []),
        ({"licence": {"status": "in doubt"}}, ["HOUSE-LIC-SCOPE"]),
        ({"opted_out": "call"}, ["US-MEDIUM-REQUEST"]),
        ({"opted_out": {"call": True, "sms": False}}, ["US-MEDIUM-REQUEST"]),
        ({"opted_out": {"call": False, "sms": True}}, []),
        ({"opted_out": True}, ["US-MEDIUM-REQUEST"]),
        ({"opted_out": ["text"]}, []),
        ({"inconvenient": {"days": "tue", "from": "10:00", "to": "11:00"}}, ["US-HOURS-KNOWN"]),
        ({"inconvenient_places": ["office"]}, []),
    ],
)
def test_a_state_is_read_in_its_spellings(state: dict[str, object], rules: list[str]) -> None:
    vector = _vector(state=state)
    assert decide(prepare(book(), vector.situation), vector.proposed).rule_ids == rules


@pytest.mark.parametrize(
    "consent",
    [
        {"prior_consent": True},
        {"prior_consent": {"given_at": "2026-06-05T12:00:00Z"}},
        {"direct_consent": "2026-06-05"},
        {"consent_given_at": "2026-06-05T12:00:00Z"},
        {"consented": "yes"},
    ],
)
def test_consent_to_be_called_is_read_in_its_spellings(consent: dict[str, object]) -> None:
    late = _asked(at="2026-06-10T03:00:00z")
    assert _rules(proposed=late) == ["US-HOURS"]
    assert _rules(proposed=late, state=consent) == []


def test_consent_that_was_withdrawn_or_refused_frees_nothing() -> None:
    late = _asked(at="2026-06-10T03:00:00Z")
    for consent in ({"given": False}, {"at": "2026-06-01T12:00:00Z", "withdrawn_at": "2026-06-02T12:00:00Z"}):
        assert _rules(proposed=late, state={"prior_consent": consent}) == ["US-HOURS"]


@pytest.mark.parametrize("hours", [["12:00", "20:00"], {"start": "12:00", "end": "20:00"}, "12:00-20:00"])
def test_hours_at_work_are_read_in_their_spellings(hours: object) -> None:
    assert _vector(state={"work_hours": hours}).situation.work_hours == (12 * 3600, 20 * 3600)


def test_a_bare_date_begins_with_the_customers_day() -> None:
    history = [{"at": "2026-06-09", "channel": "phone call", "outcome": "spoke"}]
    assert _rules(history=history) == ["US-COOLDOWN-CONV"]
    assert _vector(state={"holidays": ["2026-06-09"]}).situation.holidays == {date(2026, 6, 9)}


def test_a_single_zone_and_words_with_commas_need_no_list() -> None:
    vector = _vector(debtor_time_zones="America/Chicago", proposed=_asked(content_flags="threat, coercion"))
    assert len(vector.situation.zones) == 1
    assert len(vector.proposed.marks) == 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"proposed": {**PLAIN["proposed"], "purpose": "small talk"}}, "proposed.purpose: small talk"),
        ({"proposed": {**PLAIN["proposed"], "content_flags": ["rude"]}}, "proposed.content_flags: rude"),
        ({"state": {"email_consent": "maybe"}}, "state.email_consent: maybe"),
        ({"state": {"work_email_exception": "employer"}}, "state.work_email_exception: employer"),
        ({"state": {"inconvenient_places": ["church"]}}, "state.inconvenient_places: church"),
        ({"state": {"mood": "bad"}}, "state.mood"),
    ],
)
def test_what_is_not_known_is_named_under_its_field(changes: dict[str, object], named: str) -> None:
    assert _vector(**changes).remarks == (named,)
