"""What holds for every customer, every history and every contact."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from guard.cases import book
from guard.situations import contacts, proposals, situations
from handoff_portal.guard.model.ahead import advise, next_allowed
from handoff_portal.guard.model.deciding import decide, prepare
from handoff_portal.guard.model.situation import Contact, Proposed, Situation
from handoff_portal.guard.model.terms import Direction, Effect, Mark, Outcome, Outlook

_STRICTNESS = [Outlook.ALLOWED, Outlook.WARN, Outlook.BLOCKED]
_MANY = settings(max_examples=300)
_SOME = settings(max_examples=120)


def _outlook(situation: Situation, proposed: Proposed) -> int:
    return _STRICTNESS.index(decide(prepare(book(), situation), proposed).outlook)


@given(situations(), proposals)
@_MANY
def test_the_same_question_gets_the_same_answer_in_any_order_of_history(
    situation: Situation, proposed: Proposed
) -> None:
    turned = replace(situation, history=situation.history[::-1])
    asked = prepare(book(), situation)
    assert decide(asked, proposed) == decide(asked, proposed) == decide(prepare(book(), turned), proposed)


@given(situations(), proposals, st.lists(contacts, min_size=1, max_size=5))
@_MANY
def test_a_longer_history_never_loosens(
    situation: Situation, proposed: Proposed, more: list[Contact]
) -> None:
    theirs = {Mark.REPLY} & proposed.marks
    added = [one for one in more if not (theirs and one.direction is Direction.INBOUND)]
    longer = replace(situation, history=(*situation.history, *added))
    assert _outlook(longer, proposed) >= _outlook(situation, proposed)


@given(situations(), proposals, st.sampled_from(["America/New_York", "Asia/Tokyo", "Pacific/Apia", "UTC"]))
@_MANY
def test_one_more_possible_time_zone_never_loosens(
    situation: Situation, proposed: Proposed, zone: str
) -> None:
    wider = replace(situation, zones=(*situation.zones, ZoneInfo(zone)))
    assert _outlook(wider, proposed) >= _outlook(situation, proposed)


@given(situations(), proposals)
@_SOME
def test_the_next_allowed_moment_is_allowed_and_the_instant_before_is_not(
    situation: Situation, proposed: Proposed
) -> None:
    asked = prepare(book(), situation)
    found = next_allowed(asked, proposed)
    if found is None:
        return
    assert found >= proposed.at
    assert decide(asked, replace(proposed, at=found)).outlook is not Outlook.BLOCKED
    if found > proposed.at:
        before = max(proposed.at, found - timedelta(microseconds=1))
        assert decide(asked, replace(proposed, at=before)).outlook is Outlook.BLOCKED


@given(situations(), proposals, st.integers(0, 62 * 24 * 60))
@_MANY
def test_no_moment_before_the_next_allowed_one_is_allowed(
    situation: Situation, proposed: Proposed, minutes: int
) -> None:
    asked = prepare(book(), situation)
    found = next_allowed(asked, proposed)
    at = proposed.at + timedelta(minutes=minutes)
    if found is None or at < found:
        assert decide(asked, replace(proposed, at=at)).outlook is Outlook.BLOCKED


@given(situations(), proposals)
@_SOME
def test_each_rule_is_silent_at_the_moment_from_which_it_is_said_to_be(
    situation: Situation, proposed: Proposed
) -> None:
    asked = prepare(book(), situation)
    advice = advise(asked, proposed)
    for rule, at in advice.free_from.items():
        if at:
            assert rule not in decide(asked, replace(proposed, at=at)).rule_ids


@given(situations(), proposals)
@_MANY
def test_block_goes_before_warn_and_warn_before_allow(situation: Situation, proposed: Proposed) -> None:
    decision = decide(prepare(book(), situation), proposed)
    effects = {finding.rule.effect for finding in decision.findings}
    assert Effect.EVIDENCE not in effects
    assert (decision.outlook is Outlook.BLOCKED) == (Effect.BLOCK in effects)
    assert (decision.outlook is Outlook.ALLOWED) == (not effects)


@given(situations(), proposals, contacts)
@_MANY
def test_what_happens_later_changes_nothing_now(
    situation: Situation, proposed: Proposed, later: Contact
) -> None:
    after = replace(later, at=proposed.at + timedelta(seconds=1), outcome=Outcome.CONVERSATION)
    more = replace(situation, history=(*situation.history, after))
    assert decide(prepare(book(), more), proposed) == decide(prepare(book(), situation), proposed)
