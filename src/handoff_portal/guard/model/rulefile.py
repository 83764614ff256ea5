"""Reading a rule file: strict, and all mistakes at once, because people upload new ones."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from handoff_portal.guard.model import conditions as c
from handoff_portal.guard.model import limits
from handoff_portal.guard.model.rules import Calendar, Kind, Rule, RuleFile
from handoff_portal.guard.model.values import BadValue, day, text, values_for

KINDS: dict[str, type[Kind]] = {
    "hours": limits.Hours,
    "wishes": limits.Wishes,
    "frequency": limits.Frequency,
    "pace": limits.Pace,
    "cooldown": limits.Cooldown,
    "ban": c.Ban,
    "opt_out": c.OptOut,
    "work_request": c.WorkRequest,
    "stop": c.Stop,
    "protection": c.Protection,
    "pause": c.Pause,
    "hold": c.Hold,
    "deadline": c.Deadline,
    "overshadowing": c.Overshadowing,
    "wait": c.Wait,
    "licence": c.Licensing,
    "duty": c.Duty,
    "retention": c.Retention,
}
"""The word for each kind in a rule file."""
_ON_CHANNELS = (limits.Hours, limits.Wishes, limits.Frequency, limits.Pace, limits.Cooldown, c.WorkRequest)
_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 1024 * 1024
"""Bytes of a rule file."""
MOST_NODES = 500_000
"""Values of a rule file, each counted as often as an alias repeats it."""
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""Names of rules, as the log takes them."""
_OF_FILE = {"version", "compiled", "members", "calendars", "rules"}


class BadRuleFile(Exception):
    """A rule file that cannot be used.

    Attributes:
        mistakes: Each names the rule, the field and what is wrong.
    """

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class _Mistakes(list[str]):
    def note(self, where: str, name: str, what: str) -> None:
        self.append(f"{where}, {name}: {what}" if name else f"{where}: {what}")


def load_rules(raw: bytes) -> RuleFile:
    """Read a rule file.

    Args:
        raw: YAML in UTF-8, at most `LARGEST` bytes; see docs/guard.md.

    Raises:
        BadRuleFile: With every mistake that was found.
    """
    return rules_of(read_yaml(raw))


def rules_of(content: Mapping[str, Any]) -> RuleFile:
    """The rules in what a rule file holds.

    Raises:
        BadRuleFile: With every mistake that was found.
    """
    mistakes = _Mistakes()
    for name in content.keys() - _OF_FILE:
        mistakes.note("the file", str(name), "is not known")
    calendars = _calendars(content.get("calendars") or {}, mistakes)
    rules = _rules(content.get("rules"), mistakes)
    members = _members(content.get("members") or {}, mistakes)
    _check_together(rules, calendars, mistakes)
    version, compiled = _about(content, mistakes)
    if mistakes:
        raise BadRuleFile(list(mistakes))
    return RuleFile(version=version, compiled=compiled, rules=rules, members=members, calendars=calendars)


def read_yaml(raw: bytes) -> dict[str, Any]:
    """A mapping out of YAML in UTF-8, at most `LARGEST` bytes; aliases may not let it grow past `MOST_NODES`.

    Raises:
        BadRuleFile: It is none.
    """
    if len(raw) > LARGEST:
        raise BadRuleFile([f"the file: is larger than {LARGEST} bytes"])
    try:
        loader = _Safe(raw.decode("utf-8"))
        node = loader.get_single_node()
        _require_bounded(node)
        content = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadRuleFile([f"the file: is no YAML ({' '.join(str(error).split())[:200]})"]) from error
    if not isinstance(content, dict):
        raise BadRuleFile(["the file: must have version, compiled and rules"])
    return content


def _require_bounded(root: yaml.Node | None) -> None:
    """Refuse what aliases make too large, or endless: every value is counted as often as it is used."""
    number, left = 0, [root] if root else []
    while left:
        number += 1
        if number > MOST_NODES:
            raise BadRuleFile([f"the file: aliases (*) make it larger than {MOST_NODES} values"])
        node = left.pop()
        if isinstance(node, yaml.MappingNode):
            left += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            left += node.value


def _about(content: Mapping[str, Any], mistakes: _Mistakes) -> tuple[str, date]:
    version, compiled = "", date.min
    try:
        version = text(content.get("version"))
    except BadValue as bad:
        mistakes.note("the file", "version", str(bad))
    try:
        compiled = day(content.get("compiled"))
    except BadValue as bad:
        mistakes.note("the file", "compiled", str(bad))
    return version, compiled


def _calendars(given: object, mistakes: _Mistakes) -> dict[str, Calendar]:
    if not isinstance(given, dict):
        mistakes.note("the file", "calendars", "must be names with a country")
        return {}
    found = {}
    for name, about in given.items():
        where = f"calendar {name}"
        values = _parts(Calendar, about, where, mistakes)
        if values is not None:
            found[str(name)] = Calendar(**values)
    return found


def _members(given: object, mistakes: _Mistakes) -> dict[str, frozenset[str]]:
    if not isinstance(given, dict) or not all(isinstance(places, list) for places in given.values()):
        mistakes.note("the file", "members", "must be places with lists of places")
        return {}
    return {str(group): frozenset(map(str, places)) for group, places in given.items()}


def _rules(given: object, mistakes: _Mistakes) -> tuple[Rule, ...]:
    if not isinstance(given, list) or not given:
        mistakes.note("the file", "rules", "must be a list with at least one rule")
        return ()
    found = (_rule(number, one, mistakes) for number, one in enumerate(given, 1))
    return tuple(rule for rule in found if rule)


def _rule(number: int, given: object, mistakes: _Mistakes) -> Rule | None:
    where = f"rule {number}"
    if not isinstance(given, dict):
        mistakes.note(where, "", "must be names with values")
        return None
    where = f"rule {given.get('id', number)}"
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        mistakes.note(where, "kind", f"{given.get('kind')!r} is none of {', '.join(KINDS)}")
        return None
    says = _parts(kind, given.get("says") or {}, f"{where}, says", mistakes)
    about = {name: value for name, value in given.items() if name not in {"kind", "says"}}
    values = _parts(Rule, about, where, mistakes, apart=frozenset({"says"}))
    return None if says is None or values is None else Rule(**values, says=kind(**says))


def _parts(
    kind: type, given: object, where: str, mistakes: _Mistakes, apart: frozenset[str] = frozenset()
) -> dict[str, Any] | None:
    """Values for a dataclass; None if something is wrong, which is noted."""
    if not isinstance(given, dict):
        mistakes.note(where, "", "must be names with values")
        return None
    before = len(mistakes)
    values = values_for(kind, given, lambda name, what: mistakes.note(where, name, what))
    for part in dataclasses.fields(kind):
        bare = part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING
        if bare and given.get(part.name) is None and part.name not in apart:
            mistakes.note(where, part.name, "is missing")
    return values if len(mistakes) == before else None


def _check_together(rules: tuple[Rule, ...], calendars: Mapping[str, Calendar], mistakes: _Mistakes) -> None:
    seen: set[str] = set()
    for rule in rules:
        where = f"rule {rule.id}"
        if not NAME.fullmatch(rule.id):
            mistakes.note(where, "id", "must be up to 40 letters, digits, dots, hyphens or underscores")
        if rule.id in seen:
            mistakes.note(where, "id", "stands twice")
        seen.add(rule.id)
        if rule.since and rule.until and rule.until < rule.since:
            mistakes.note(where, "until", "is before since")
        if (named := getattr(rule.says, "calendar", "")) and named not in calendars:
            mistakes.note(where, "calendar", f"{named!r} is not among the file's calendars")
        if isinstance(rule.says, _ON_CHANNELS) and not rule.says.channels:
            mistakes.note(where, "channels", "must name at least one")
