from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from handoff_portal.cases.model.case import Turn
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import (
    ContactEntry,
    Direction,
    Promised,
    Words,
    check_contact,
)
from handoff_portal.contacts.model.dispositions import (
    DISPOSITIONS,
    REASONS,
    RECEIVED_WORDS,
    STEP_WORDS,
    Disposition,
    NextStep,
    NonPaymentReason,
    Reached,
    ReceivedAs,
    Stops,
)
from handoff_portal.contacts.model.holds import RULES, Hold, HoldKind, Side, may_contact
from handoff_portal.contacts.model.promises import Promise, PromiseState, settle
from handoff_portal.core.deadlines import working_days_later
from handoff_portal.core.ids import CaseId, CommunicationId, HoldId, OrgId, PromiseId
from handoff_portal.core.refusals import Invalid

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)

# code, how far it got, what it stops, hold that follows, whose turn
TABLE = [
    ("NA", "attempt", "nothing", None, "agency"),
    ("LB", "attempt", "nothing", None, "agency"),
    ("NI", "attempt", "nothing", None, "agency"),
    ("LV", "attempt", "nothing", None, "agency"),
    ("LM", "attempt", "nothing", None, "agency"),
    ("WN", "fail", "number", None, "agency"),
    ("TD", "fail", "number", None, "agency"),
    ("TPC", "reach", "nothing", None, "agency"),
    ("RPC", "contact", "nothing", None, "agency"),
    ("ICV", "contact", "nothing", None, "agency"),
    ("ICF", "contact", "nothing", None, "agency"),
    ("PTP", "contact", "contact", "promise", "agency"),
    ("KPT", "system", "nothing", None, "agency"),
    ("BPT", "system", "nothing", None, "agency"),
    ("PPO", "contact", "nothing", None, "agency"),
    ("PPA", "contact", "nothing", None, "agency"),
    ("PPD", "contact", "nothing", None, "agency"),
    ("SOF", "contact", "nothing", None, "business"),
    ("CPD", "contact", "contact", "paid_directly", "business"),
    ("DSP", "contact", "contact", "dispute", "business"),
    ("HSP", "contact", "contact", "hardship", "agency"),
    ("VUL", "contact", "contact", "vulnerability", "agency"),
    ("CND", "contact", "contact", "cease", "business"),
    ("REP", "contact", "contact", "represented", "agency"),
    ("BKR", "contact", "contact", "insolvent", "business"),
    ("DEC", "contact", "contact", "deceased", "business"),
    ("CMP", "contact", "contact", "complaint", "agency"),
    ("REF", "contact", "nothing", None, "agency"),
    ("LTR", "attempt", "nothing", None, "agency"),
    ("EML", "attempt", "nothing", None, "agency"),
    ("SMS", "attempt", "nothing", None, "agency"),
    ("VIS", "attempt", "nothing", None, "agency"),
    ("RTN", "fail", "address", None, "agency"),
    ("LGR", "internal", "nothing", None, "business"),
]


@pytest.mark.parametrize(("code", "reached", "stops", "hold", "turn"), TABLE)
def test_every_code_means_what_the_table_says(
    code: str, reached: str, stops: str, hold: str | None, turn: str
) -> None:
    rule = DISPOSITIONS[Disposition(code)]
    assert (rule.reached, rule.stops, rule.hold, rule.turn) == (
        Reached(reached),
        Stops(stops),
        HoldKind(hold) if hold else None,
        Turn(turn),
    )
    assert rule.channels
    assert rule.words


def test_the_table_has_every_code_and_every_choice_has_words() -> None:
    assert {code for code, *_ in TABLE} == set(Disposition) == set(DISPOSITIONS)
    assert set(REASONS) == set(NonPaymentReason)
    assert set(RECEIVED_WORDS) == set(ReceivedAs)
    assert set(STEP_WORDS) == set(NextStep)
    assert set(RULES) == set(HoldKind)


def test_a_code_that_stops_contact_always_places_a_hold_that_stops_contact() -> None:
    for rule in DISPOSITIONS.values():
        if rule.stops is Stops.CONTACT:
            assert rule.hold is not None
            assert RULES[rule.hold].stops_contact
        else:
            assert rule.hold is None


def test_no_word_for_a_page_blames_the_customer_or_shouts() -> None:
    words = [r.words for r in DISPOSITIONS.values()] + [r.words + r.forbids for r in RULES.values()]
    words += [reason.words for reason in REASONS.values()]
    for said in words:
        assert "debtor" not in said.lower()
        assert "!" not in said


def an_entry(code: Disposition | None = Disposition.RPC, **changes: object) -> ContactEntry:
    values: dict[str, object] = {
        "channel": Channel.CALL,
        "direction": Direction.OUT,
        "occurred_at": NOW - timedelta(minutes=5),
        "words": Words(author="Aisha", text="We spoke about the invoice."),
        "disposition": code,
        "received_as": ReceivedAs.KINDLY,
    }
    return ContactEntry(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (an_entry(occurred_at=NOW + timedelta(minutes=1)), "occurred_at"),
        (an_entry(Disposition.LTR), "disposition"),
        (an_entry(Disposition.KPT), "disposition"),
        (an_entry(Disposition.NA, direction=Direction.IN), "disposition"),
        (an_entry(Disposition.DSP, words=Words()), "text"),
        (an_entry(received_as=None), "received_as"),
        (an_entry(received_as=ReceivedAs.NOT_REACHED), "received_as"),
        (an_entry(Disposition.PTP), "promised_amount"),
        (an_entry(Disposition.PTP, promised=Promised(0, TODAY)), "promised_amount"),
        (an_entry(Disposition.PTP, promised=Promised(5, TODAY - timedelta(days=1))), "promised_on"),
        (an_entry(next_on=TODAY - timedelta(days=1)), "next_on"),
    ],
)
def test_an_entry_that_cannot_be_true_is_refused_at_its_field(entry: ContactEntry, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_contact(entry, NOW, TODAY, NOW - timedelta(days=9))
    assert field in refused.value.errors


def test_a_contact_before_the_hand_over_needs_its_story() -> None:
    earlier = NOW - timedelta(days=2)
    told = an_entry(occurred_at=earlier)
    check_contact(told, NOW, TODAY, NOW - timedelta(days=1))
    silent = an_entry(occurred_at=earlier, words=Words())
    with pytest.raises(Invalid) as refused:
        check_contact(silent, NOW, TODAY, NOW - timedelta(days=1))
    assert set(refused.value.errors) == {"text"}


def a_hold(kind: HoldKind = HoldKind.DISPUTE, until: datetime | None = None) -> Hold:
    return Hold(
        HoldId(uuid4()),
        CaseId(uuid4()),
        OrgId(uuid4()),
        kind,
        stops_contact=True,
        owner=Side.BUSINESS,
        due_at=None,
        until=until,
        communication=None,
        placed_at=NOW,
        author="Aisha",
        reason="Says the goods were broken",
    )


def test_contact_is_possible_again_when_the_last_hold_ends_by_itself() -> None:
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=3)
    answer = may_contact([a_hold(until=soon), a_hold(HoldKind.HARDSHIP, until=later)], NOW)
    assert not answer.allowed
    assert answer.next_at == later
    assert may_contact([a_hold(until=soon)], later).allowed


def test_a_hold_without_an_end_gives_no_next_time() -> None:
    answer = may_contact([a_hold(), a_hold(HoldKind.HARDSHIP, until=NOW + timedelta(days=3))], NOW)
    assert not answer.allowed
    assert answer.next_at is None


def a_promise(minor: int, due: date) -> Promise:
    return Promise(
        PromiseId(uuid4()),
        CaseId(uuid4()),
        OrgId(uuid4()),
        CommunicationId(uuid4()),
        minor,
        "SGD",
        due,
        PromiseState.OPEN,
        NOW,
    )


def test_payments_keep_the_earliest_promise_first_and_parts_add_up() -> None:
    first, second = a_promise(100, date(2026, 11, 25)), a_promise(50, date(2026, 12, 1))
    (part,) = settle([second, first], date(2026, 11, 22), 60)
    assert (part.id, part.paid, part.state) == (first.id, 60, PromiseState.OPEN)
    kept, begun = settle([second, part], date(2026, 11, 24), 65)
    assert (kept.id, kept.state) == (first.id, PromiseState.KEPT)
    assert (begun.id, begun.paid, begun.state) == (second.id, 25, PromiseState.OPEN)


def test_a_promise_paid_late_was_not_kept() -> None:
    (late,) = settle([a_promise(100, date(2026, 11, 20))], date(2026, 11, 21), 100)
    assert late.state is PromiseState.BROKEN


def test_deadlines_skip_the_weekend_of_the_customers_calendar() -> None:
    friday = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # already Saturday in Singapore
    assert working_days_later(friday, 2, "Asia/Singapore") == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert working_days_later(friday, 2, "Europe/London") == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
