"""When waiting helps, and until when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guard.cases import book
from handoff_portal.guard.model.ahead import Advice, advise
from handoff_portal.guard.model.deciding import prepare
from handoff_portal.guard.model.situation import Contact, Licence, Proposed, Said, Situation, Wish
from handoff_portal.guard.model.terms import Channel, DebtType, Fact, Outcome, Outlook, Topic

_PLACES = {
    "US-PA": "America/New_York",
    "US-TX": "America/Chicago",
    "CA-ON": "America/Toronto",
    "AU-NSW": "Australia/Sydney",
    "GB-EAW": "Europe/London",
}


def _advice(place: str, local: str, channel: Channel = Channel.CALL, **more: object) -> Advice:
    zone = ZoneInfo(_PLACES[place])
    given = {"jurisdiction": place, "zones": (zone,), "debt_type": DebtType.CONSUMER, **more}
    at = datetime.fromisoformat(local).replace(tzinfo=zone)
    return advise(
        prepare(book(), Situation(**given)),  # type: ignore[arg-type]
        Proposed(at=at, channel=channel),
    )


def _local(place: str, at: datetime | None) -> str:
    assert at
    return at.astimezone(ZoneInfo(_PLACES[place])).isoformat()


@pytest.mark.parametrize(
    ("place", "asked", "allowed"),
    [
        ("US-PA", "2026-06-09T07:59:59", "2026-06-09T08:00:00-04:00"),
        ("US-PA", "2026-06-09T21:00", "2026-06-10T08:00:00-04:00"),
        ("US-PA", "2026-03-07T22:00", "2026-03-08T08:00:00-04:00"),
        ("US-PA", "2026-10-31T22:00", "2026-11-01T08:00:00-05:00"),
        ("CA-ON", "2026-06-13T21:30", "2026-06-14T13:00:00-04:00"),
        ("CA-ON", "2026-06-30T21:30", "2026-07-02T07:00:00-04:00"),
        ("AU-NSW", "2026-04-02T21:30", "2026-04-04T09:00:00+11:00"),
        ("AU-NSW", "2026-04-05T01:30", "2026-04-05T09:00:00+10:00"),
        ("AU-NSW", "2026-12-24T22:00", "2026-12-27T09:00:00+11:00"),
    ],
)
def test_the_next_window_opens_on_the_customers_own_clock(place: str, asked: str, allowed: str) -> None:
    assert _local(place, _advice(place, asked).next_allowed) == allowed


def test_a_contact_that_is_allowed_is_allowed_now() -> None:
    advice = _advice("US-PA", "2026-06-09T12:00")
    assert advice.decision.outlook is Outlook.ALLOWED
    assert _local("US-PA", advice.next_allowed) == "2026-06-09T12:00:00-04:00"
    assert advice.free_from == {}


def test_a_count_frees_at_the_first_hour_of_the_day_on_which_a_contact_leaves_its_window() -> None:
    zone = ZoneInfo("America/New_York")
    calls = tuple(
        Contact(at=datetime(2026, 6, day, 12, tzinfo=zone), channel=Channel.CALL, outcome=Outcome.NO_ANSWER)
        for day in range(3, 10)
    )
    advice = _advice("US-PA", "2026-06-09T22:00", history=calls)
    assert _local("US-PA", advice.next_allowed) == "2026-06-10T08:00:00-04:00"
    free = {rule: _local("US-PA", at) for rule, at in advice.free_from.items()}
    assert free == {
        "US-HOURS": "2026-06-10T08:00:00-04:00",
        "US-FREQ-7IN7": "2026-06-10T00:00:00-04:00",
    }


def test_a_conversation_frees_calls_on_the_eighth_day_and_messages_at_once() -> None:
    talk = Contact(
        at=datetime(2026, 6, 1, 22, tzinfo=UTC), channel=Channel.CALL, outcome=Outcome.CONVERSATION
    )
    advice = _advice("US-PA", "2026-06-02T12:00", history=(talk,))
    assert _local("US-PA", advice.next_allowed) == "2026-06-08T08:00:00-04:00"
    letter = _advice("US-PA", "2026-06-02T12:00", Channel.LETTER, history=(talk,))
    assert letter.decision.outlook is Outlook.ALLOWED


def test_a_month_that_is_full_frees_on_the_first_of_the_next() -> None:
    zone = ZoneInfo("Australia/Sydney")
    visit = Contact(at=datetime(2026, 6, 3, 12, tzinfo=zone), channel=Channel.VISIT, outcome=Outcome.VISITED)
    advice = _advice("AU-NSW", "2026-06-09T12:00", Channel.VISIT, history=(visit,))
    assert _local("AU-NSW", advice.next_allowed) == "2026-07-01T09:00:00+10:00"


def test_five_minutes_after_an_unanswered_call_the_warning_ends() -> None:
    missed = Contact(at=datetime(2026, 6, 9, 16, tzinfo=UTC), channel=Channel.CALL, outcome=Outcome.NO_ANSWER)
    advice = _advice("US-PA", "2026-06-09T12:02", history=(missed,))
    assert advice.decision.outlook is Outlook.WARN
    assert advice.free_from["US-FREQ-PATTERN"] == missed.at + timedelta(minutes=5)


def test_a_wish_past_midnight_is_waited_out() -> None:
    night = Wish(days=frozenset(range(7)), start=17 * 3600, end=11 * 3600)
    advice = _advice("US-PA", "2026-06-09T20:00", wishes=(night,))
    assert _local("US-PA", advice.next_allowed) == "2026-06-10T11:00:00-04:00"


@pytest.mark.parametrize(
    "more",
    [
        {"said": {Topic.CEASE: Said(in_writing=True)}},
        {"said": {Topic.REPRESENTED: Said()}},
        {"said": {Topic.DISPUTE: Said(in_writing=True)}},
        {"licence": Licence(active=False)},
        {"opted_out": frozenset({Channel.CALL})},
    ],
)
def test_what_somebody_must_lift_has_no_next_moment(more: dict[str, object]) -> None:
    advice = _advice("US-PA", "2026-06-09T22:00", Channel.CALL, **more)
    assert advice.decision.outlook is Outlook.BLOCKED
    assert advice.next_allowed is None
    assert None in advice.free_from.values()


def test_an_employers_ban_closes_only_the_workplace() -> None:
    banned = frozenset({Fact.EMPLOYER_PROHIBITS})
    assert _advice("US-PA", "2026-06-09T12:00", Channel.WORKPLACE_CALL, facts=banned).next_allowed is None
    assert _advice("US-PA", "2026-06-09T12:00", facts=banned).decision.outlook is Outlook.ALLOWED
