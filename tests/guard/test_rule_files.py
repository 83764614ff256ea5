"""Rule files: what comes with the portal, and what an upload must not get past."""

import pytest
import yaml

from guard.cases import book
from handoff_portal.guard.book import open_book, shipped_rules
from handoff_portal.guard.model.rulefile import LARGEST, BadRuleFile, load_rules
from handoff_portal.guard.model.terms import Effect, Force, Override, Standing

GOOD = """
version: "1"
compiled: 2026-11-21
calendars: {here: {country: SG}}
rules:
  - id: ONE
    jurisdiction: SG
    debts: both
    kind: hours
    force: statute
    effect: block
    certainty: high
    citation: Act 1
    words: Mind the hour.
    says: {channels: [call], calendar: here, week: {mon-fri: "08:00-20:00", sat: "09:00-12:00"}}
"""


def _mistakes(text: str) -> list[str]:
    with pytest.raises(BadRuleFile) as caught:
        load_rules(text.encode())
    return caught.value.mistakes


def test_the_portal_comes_with_96_rules_each_with_citation_and_plain_words() -> None:
    rules = book().rules.rules
    assert len({rule.id for rule in rules}) == len(rules) == 96
    assert all(rule.citation and rule.words.endswith(".") for rule in rules)
    assert not [rule.id for rule in rules if "debtor" in rule.words + rule.note]


def test_a_rule_file_is_read_with_days_and_hours() -> None:
    rule = load_rules(GOOD.encode()).rule("ONE")
    week = getattr(rule.says, "week", None)
    assert week == ((28_800, 72_000),) * 5 + ((32_400, 43_200), None)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("id: ONE", "id: ONE TWO", "rule ONE TWO, id: must be up to 40 letters, digits"),
        ("says: {", "says: {past_due_over: 10001, ", "rule ONE, says, past_due_over: must be at most 10000"),
        ("force: statute", "force: statue", "rule ONE, force: 'statue' is none of statute"),
        ("kind: hours", "kind: hour", "rule ONE, kind: 'hour' is none of hours"),
        ("channels: [call]", "channels: [cal]", "rule ONE, says, channels: 'cal' is none of call"),
        ("channels: [call]", "channels: []", "rule ONE, channels: must name at least one"),
        ("channels: [call], ", "", "rule ONE, says, channels: is missing"),
        ("channels: [call]", "channels: call", "rule ONE, says, channels: must be a list"),
        ("mon-fri", "mun-fri", "rule ONE, says, week: 'mun-fri' names no days"),
        ("08:00-20:00", "20:00-08:00", "rule ONE, says, week: '20:00-08:00' ends before it begins"),
        ("08:00-20:00", "08:00-24:01", "rule ONE, says, week: '24:01' is past the end"),
        ("08:00-20:00", "8-20", "rule ONE, says, week: '8' is no time like 08:00"),
        ("    words: Mind the hour.", "", "rule ONE, words: is missing"),
        ("citation: Act 1", "citation: ''", "rule ONE, citation: must be words"),
        ("citation: Act 1", "sitation: Act 1", "rule ONE, sitation: is not known here"),
        ("citation: Act 1", "citation: A\n    since: soon", "rule ONE, since: 'soon' is no date"),
        (
            "citation: Act 1",
            "citation: A\n    since: 2026-02-02\n    until: 2026-02-01",
            "rule ONE, until: is before since",
        ),
        ("calendar: here", "calendar: there", "rule ONE, calendar: 'there' is not among"),
        ("compiled: 2026-11-21", "compiled: today", "the file, compiled: 'today' is no date"),
        ('version: "1"', "", "the file, version: must be words"),
        ("calendars:", "kalendars:", "the file, kalendars: is not known"),
        ("{country: SG}", "SG", "calendar here: must be names with values"),
    ],
)
def test_a_mistake_is_named_with_its_rule_and_field(old: str, new: str, mistake: str) -> None:
    assert old in GOOD
    assert any(found.startswith(mistake) for found in _mistakes(GOOD.replace(old, new)))


def test_all_mistakes_are_told_at_once() -> None:
    text = GOOD.replace("force: statute", "force: no law").replace("effect: block", "effect: stop")
    assert len(_mistakes(text.replace("[call]", "[cal, pidgeon]"))) == 3


def test_a_rule_stands_once_only() -> None:
    rule = GOOD[GOOD.index("  - id") :]
    assert _mistakes(GOOD + rule.lstrip("\n")) == ["rule ONE, id: stands twice"]


@pytest.mark.parametrize(
    ("raw", "mistake"),
    [
        (b"\xff\xfe", "is no YAML"),
        (b"a: [", "is no YAML"),
        (b"a: &x [1, *x]", "aliases"),
        (
            b"a0: &a0 [1, 1]\n"
            + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 24)),
            "aliases",
        ),
        (
            b"a0: &a0 {x: 1}\n"
            + b"".join(b"a%d: &a%d {<<: [*a%d, *a%d]}\n" % (n, n, n - 1, n - 1) for n in range(1, 24)),
            "aliases",
        ),
        (b"!!python/object/apply:os.getcwd []", "is no YAML"),
        (b"[" * 5000, "is no YAML"),
        (b"just words", "must have version"),
        (b" " * (LARGEST + 1), "is larger than"),
        (b"rules: []", "must be a list with at least one rule"),
        (b"rules: [1]", "must be names with values"),
    ],
)
def test_what_is_no_rule_file_is_refused_in_one_line(raw: bytes, mistake: str) -> None:
    with pytest.raises(BadRuleFile, match=mistake):
        load_rules(raw)


def test_an_alias_that_saves_writing_is_read() -> None:
    plain = GOOD.replace("09:00-12:00", "08:00-20:00")
    short = plain.replace('mon-fri: "', 'mon-fri: &day "').replace('sat: "08:00-20:00"', "sat: *day")
    assert "*day" in short
    assert load_rules(short.encode()) == load_rules(plain.encode())


def test_a_calendar_that_nobody_knows_is_refused_before_the_rules_are_used() -> None:
    with pytest.raises(BadRuleFile, match="calendar here"):
        open_book(load_rules(GOOD.replace("country: SG", "country: XX").encode()))


def test_law_binds_everybody_guidelines_can_be_overridden_warnings_are_acknowledged() -> None:
    for rule in book().rules.rules:
        blocks, law = rule.effect is Effect.BLOCK, rule.force.standing is Standing.LAW
        expected = Override.ACKNOWLEDGE if not blocks else Override.NOBODY if law else Override.ENTITLED
        assert rule.override is expected
    assert Force.PRESUMPTION.standing is Force.GUIDELINE.standing is Standing.GUIDELINE
    assert Force.HOUSE.standing is Standing.HOUSE


def test_the_file_is_plain_yaml_that_any_reader_understands() -> None:
    assert len(yaml.safe_load(shipped_rules())["rules"]) == 96
