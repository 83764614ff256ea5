"""What the contact guard said: of a contact that was made, and of one that somebody has in mind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff_portal.contacts.model.holds import Hold
from handoff_portal.core.ids import OverrideId
from handoff_portal.guard.model.ahead import advise, next_allowed, turning_points
from handoff_portal.guard.model.deciding import Decision, Prepared, decide
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.situation import Proposed
from handoff_portal.guard.model.terms import Channel, Mark, Outlook, Standing
from handoff_portal.guard.model.terms import Override as Who

LOOK_AHEAD = timedelta(days=14)
"""So far ahead lists know when a call is allowed."""
STANDING_WORDS: dict[Standing, str] = {
    Standing.LAW: "Law",
    Standing.GUIDELINE: "Guideline",
    Standing.HOUSE: "House policy",
    Standing.INFORMATION: "Information",
}
OUTLOOK_WORDS: dict[Outlook, str] = {
    Outlook.ALLOWED: "Allowed",
    Outlook.WARN: "Take care",
    Outlook.BLOCKED: "Blocked",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the contact guard said of a contact at its own time.

    Attributes:
        rules: Ids of the rules that spoke against it.
        version: Of the rules.
        tzdata: Version of the time zone data.
        override: On which somebody went on, if anybody did.
    """

    outlook: Outlook
    rules: tuple[str, ...]
    version: str
    tzdata: str
    override: OverrideId | None = None

    @property
    def against(self) -> bool:
        """Whether the contact was made against a block and nobody entitled had decided to go on."""
        return self.outlook is Outlook.BLOCKED and self.override is None


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that speaks against a contact.

    Attributes:
        why: What it sees, in plain words.
        free_from: From when it does not; None if waiting does not help.
    """

    rule: Rule
    why: str
    free_from: datetime | None

    @property
    def standing(self) -> str:
        """What stands behind it, in a word."""
        return STANDING_WORDS[self.rule.force.standing]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the customer may be contacted in one way, and why not.

    Attributes:
        reasons: Every rule that speaks against it.
        holds: What stops all contact; lifting it is the way on.
        next_at: The next moment at which it is allowed; None if waiting does not help.
        asks: Rules that are satisfied if the text says how to opt out, and speak against it if not.
    """

    channel: Channel
    decision: Decision
    reasons: tuple[Reason, ...]
    holds: tuple[Hold, ...]
    next_at: datetime | None
    asks: tuple[Rule, ...] = ()

    @property
    def outlook(self) -> Outlook:
        """A hold blocks; else what the rules say."""
        return Outlook.BLOCKED if self.holds else self.decision.outlook

    @property
    def words(self) -> str:
        """The outlook in a word."""
        return OUTLOOK_WORDS[self.outlook]

    @property
    def can_be_overridden(self) -> bool:
        """Whether somebody entitled may go on with a reason: no hold, and no law among what blocks."""
        blocked = self.decision.outlook is Outlook.BLOCKED
        return blocked and not self.holds and self.decision.override is Who.ENTITLED


def answer(prepared: Prepared, proposed: Proposed, holds: Sequence[Hold]) -> Answer:
    """What the guard and the open holds say of one contact whose text is still to be written.

    What hangs on a line of the text is told apart, as adding the line is all it takes.
    """
    bare = decide(prepared, proposed)
    proposed = replace(proposed, marks=proposed.marks | {Mark.OPT_OUT_NOTICE})
    advice = advise(prepared, proposed)
    said = set(advice.decision.rule_ids)
    reasons = tuple(
        Reason(one.rule, one.why, advice.free_from.get(one.rule.id)) for one in advice.decision.findings
    )
    return Answer(
        channel=proposed.channel,
        decision=advice.decision,
        reasons=reasons,
        holds=tuple(holds),
        next_at=_after_holds(prepared, proposed, holds) if holds else advice.next_allowed,
        asks=tuple(one.rule for one in bare.findings if one.rule.id not in said),
    )


def _after_holds(prepared: Prepared, proposed: Proposed, holds: Sequence[Hold]) -> datetime | None:
    ends = [hold.until for hold in holds if hold.until is not None]
    if len(ends) < len(holds):
        return None
    return next_allowed(prepared, replace(proposed, at=max(ends)))


def call_times(prepared: Prepared, call: Proposed) -> list[tuple[datetime, datetime]]:
    """From when until when this call is allowed from its moment on, in order; ends are exclusive."""
    now = call.at
    end = now + LOOK_AHEAD
    found: list[tuple[datetime, datetime]] = []
    begun: datetime | None = None
    for at in _moments(prepared, now, end):
        decision = decide(prepared, replace(call, at=at))
        is_open = decision.outlook is not Outlook.BLOCKED
        if is_open and begun is None:
            begun = at
        elif not is_open and begun is not None:
            found.append((begun, at))
            begun = None
    return [*found, (begun, end)] if begun is not None else found


def _moments(prepared: Prepared, now: datetime, end: datetime) -> Iterable[datetime]:
    yield now
    for at in turning_points(prepared, now):
        if at >= end:
            return
        yield at
