"""What one rule file says differently from another: rules added, removed, and changed field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

from handoff_portal.guard.model.rules import Rule, RuleFile
from handoff_portal.guard.model.wording import fields_of, in_words


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its two values in words; empty where it is left out."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """A rule that is in both files with different fields."""

    rule: Rule
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file would change.

    Attributes:
        about: Members and calendars of the file itself.
    """

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[ChangedRule, ...]
    about: tuple[Change, ...]

    @property
    def count(self) -> int:
        """Rules that differ, and parts of the file."""
        return len(self.added) + len(self.removed) + len(self.changed) + len(self.about)


def compare(before: RuleFile, after: RuleFile) -> Difference:
    """Rules are the same rule where their ids are."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    both = [(old[rule.id], rule) for rule in after.rules if rule.id in old]
    changed = [ChangedRule(rule, _changes(fields_of(was), fields_of(rule))) for was, rule in both]
    return Difference(
        tuple(rule for rule in after.rules if rule.id not in old),
        tuple(rule for rule in before.rules if rule.id not in new),
        tuple(one for one in changed if one.changes),
        _changes(_about(before), _about(after)),
    )


def _about(file: RuleFile) -> dict[str, str]:
    members = {f"members of {name}": in_words(places) for name, places in file.members.items()}
    return members | {f"calendar {name}": in_words(one) for name, one in file.calendars.items()}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    names = dict.fromkeys([*before, *after])
    pairs = [Change(name, before.get(name, ""), after.get(name, "")) for name in names]
    return tuple(one for one in pairs if one.before != one.after)
