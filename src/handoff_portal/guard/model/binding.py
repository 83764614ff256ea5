"""Which check belongs to which kind of rule, and in which order rules are bound."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from handoff_portal.guard.model import conditions as c
from handoff_portal.guard.model import limits
from handoff_portal.guard.model.checks import bans, counts, hours, licensing, notices, stops
from handoff_portal.guard.model.checks.asked import Asked, Bound, Check, Ground
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.terms import Effect

_BINDERS: dict[type, Callable[[Any, Ground], Bound | None]] = {
    limits.Hours: hours.bind_hours,
    limits.Wishes: hours.bind_wishes,
    limits.Frequency: counts.bind_frequency,
    limits.Pace: counts.bind_pace,
    limits.Cooldown: counts.bind_cooldown,
    c.Ban: bans.bind_ban,
    c.OptOut: bans.bind_opt_out,
    c.WorkRequest: bans.bind_work_request,
    c.Stop: stops.bind_stop,
    c.Protection: stops.bind_protection,
    c.Pause: stops.bind_pause,
    c.Hold: stops.bind_hold,
    c.Deadline: notices.bind_deadline,
    c.Overshadowing: notices.bind_overshadowing,
    c.Wait: notices.bind_wait,
    c.Licensing: licensing.bind_licensing,
}
"""Kinds without a binder (duties, retention) never decide."""


def bind(rules: list[Rule], ground: Ground) -> list[tuple[Rule, Bound]]:
    """Bind the rules that may speak in this situation, in the order of the file."""
    found = {rule.id: bound for rule in rules if (bound := _bind_one(rule, rules, ground))}
    return [(rule, found[rule.id]) for rule in rules if rule.id in found]


def _bind_one(rule: Rule, rules: list[Rule], ground: Ground) -> Bound | None:
    binder = _BINDERS.get(type(rule.says))
    if binder is None or rule.effect is Effect.EVIDENCE:
        return None
    if getattr(rule.says, "yields", False):
        ground = replace(ground, others=_before(rule, rules, ground))
    bound = binder(rule.says, ground)
    return bound._replace(check=_in_force(rule, bound.check)) if bound else None


def _in_force(rule: Rule, check: Check) -> Check:
    """The check on the local days on which the rule is in force, in any of the zones."""
    if rule.since is None and rule.until is None:
        return check
    since = rule.since.toordinal() if rule.since else 0
    until = rule.until.toordinal() if rule.until else date.max.toordinal()

    def dated(asked: Asked) -> str | None:
        days = [moment.day for moment in asked.moments]
        return check(asked) if max(days) >= since and min(days) <= until else None

    return dated


def _before(rule: Rule, rules: list[Rule], ground: Ground) -> tuple[Check, ...]:
    """Checks of the rules that `rule` yields to; house policies are none of them."""
    kind = type(rule.says)
    same = [
        other
        for other in rules
        if type(other.says) is kind
        and not getattr(other.says, "yields", False)
        and other.force.standing is not rule.force.standing
    ]
    checks = ((other, _speaks(other, ground)) for other in same)
    return tuple(_in_force(other, check) for other, check in checks if check)


def _speaks(rule: Rule, ground: Ground) -> Check | None:
    """Whether a rule has its say about a contact: hours if they cover it, others if they are against it."""
    if isinstance(rule.says, limits.Hours):
        return hours.bind_cover(rule.says)
    bound = _BINDERS[type(rule.says)](rule.says, ground)
    return bound.check if bound else None
