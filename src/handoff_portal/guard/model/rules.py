"""What a rule says, and the file that holds all of them.

Every number is data; `guard/model/checks` says what each kind means.
"""

from dataclasses import dataclass, field
from datetime import date

from handoff_portal.guard.model.conditions import (
    Ban,
    Deadline,
    Duty,
    Hold,
    Licensing,
    OptOut,
    Overshadowing,
    Pause,
    Protection,
    Retention,
    Stop,
    Wait,
    WorkRequest,
)
from handoff_portal.guard.model.limits import Cooldown, Frequency, Hours, Pace, Wishes
from handoff_portal.guard.model.terms import DebtType, Effect, Fact, Force, Override, Standing

Kind = (
    Hours
    | Wishes
    | Frequency
    | Pace
    | Cooldown
    | Ban
    | OptOut
    | WorkRequest
    | Stop
    | Protection
    | Pause
    | Hold
    | Deadline
    | Overshadowing
    | Wait
    | Licensing
    | Duty
    | Retention
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        jurisdiction: ISO 3166-1 or 3166-2 code, with "/NYC" and the like for a city; "*" is everywhere.
        debts: Whose debts.
        force: What stands behind it.
        effect: What it does when it speaks.
        citation: Where it stands.
        sources: Public addresses at which it was read; empty if it was only known.
        certainty: high, medium, low; "n/a" for house policies.
        words: What it asks, in plain words for agents.
        says: The numbers and conditions, by kind.
        since: First local day it is in force.
        until: Last local day it is in force.
        when: Facts that must all be known for it to apply.
        unless: Facts of which none may be known.
        debt_tag: Only debts of this kind.
        not_debt_tag: Not debts of this kind.
        note: How it is read, where the text leaves it open.
    """

    id: str
    jurisdiction: str
    debts: DebtType
    force: Force
    effect: Effect
    citation: str
    certainty: str
    words: str
    says: Kind
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    when: frozenset[Fact] = frozenset()
    unless: frozenset[Fact] = frozenset()
    debt_tag: str = ""
    not_debt_tag: str = ""
    note: str = ""

    @property
    def override(self) -> Override:
        """Who may go on in spite of it: law binds everybody, a warning asks for a look."""
        if self.effect is not Effect.BLOCK:
            return Override.ACKNOWLEDGE
        return Override.NOBODY if self.force.standing is Standing.LAW else Override.ENTITLED

    def concerns(self, debt_type: DebtType) -> bool:
        """Whether debts of this type fall under it."""
        return self.debts is DebtType.BOTH or self.debts is debt_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Public holidays as the holidays library knows them."""

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """All rules of one version.

    Attributes:
        version: Unique and readable, such as "2026.11.1".
        compiled: When its facts were last looked at.
        members: Places that fall under another one: "EU" to its member states, "GB-EAW" to England and Wales;
            a country named as its own part's member stands for customers whose part is not known.
        calendars: Holiday calendars by the name that rules use.
    """

    version: str
    compiled: date
    rules: tuple[Rule, ...]
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id.

        Raises:
            KeyError: There is none.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def places_of(self, jurisdiction: str, locality: str = "") -> frozenset[str]:
        """Every jurisdiction a customer there falls under, from the city up to "*"."""
        country = jurisdiction.partition("-")[0]
        under = {jurisdiction, country, "*"}
        if locality:
            under.add(f"{jurisdiction}/{locality}")
        for group, members in self.members.items():
            if jurisdiction in members or (country in members and not group.startswith(f"{country}-")):
                under.add(group)
        return frozenset(under)
