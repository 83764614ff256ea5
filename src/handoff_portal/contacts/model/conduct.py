"""The conduct check inside the work: what it says of words, and what a supervisor makes of it. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.model import terms as conduct
from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.model.linear import model
from handoff_portal.conduct.model.terms import Finding, Harm, Outcome, Verdict
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import CaseId, CommunicationId, OrgId, PersonId

LONGEST_CHECKED = 8000
"""Characters that are read; a fifth of a second at most."""
USUAL_PERCENT = 5
"""So many of a hundred contacts whose words are fine are looked at, unless the agency says otherwise."""
_BY_CHANNEL = {
    Channel.CALL: conduct.Channel.CALL,
    Channel.EMAIL: conduct.Channel.EMAIL,
    Channel.SMS: conduct.Channel.TEXT,
    Channel.MESSAGING: conduct.Channel.TEXT,
    Channel.PORTAL: conduct.Channel.TEXT,
    Channel.LETTER: conduct.Channel.LETTER,
    Channel.VISIT: conduct.Channel.VISIT,
    Channel.MEETING: conduct.Channel.VISIT,
}
HARM_WORDS: dict[Harm, str] = {
    Harm.THREAT: "Threat",
    Harm.INTIMIDATION: "Intimidation",
    Harm.SHAMING: "Shaming",
    Harm.FALSE_AUTHORITY: "False authority",
    Harm.HARASSMENT: "Harassment",
    Harm.IGNORING_HARDSHIP: "Hardship not heard",
    Harm.ULTIMATUM: "Ultimatum",
    Harm.UNCLEAR: "Unclear information",
}
OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.FINE: "Nothing stands out",
    Outcome.REVIEW: "Please look",
    Outcome.VIOLATION: "This may hurt",
}
_COMPLAINT = re.compile(
    r"complain|ombuds|regulator|threat|harass|bull(y|ied)|abus|rude|shout|swore|solicitor|lawyer|afraid|scared",
    re.IGNORECASE,
)


class Why(StrEnum):
    """Why somebody looks at the words of a contact."""

    VIOLATION = "violation"
    REVIEW = "review"
    SAMPLE = "sample"


class Decision(StrEnum):
    """What a supervisor made of the words of a contact."""

    FINE = "fine"
    COACH = "coach"
    BREACH = "breach"
    LEFT = "left"
    """Nobody had decided when the case left the agency, which cannot open it now; nobody chooses this."""


WHY_WORDS = {
    Why.VIOLATION: "The check calls it a violation",
    Why.REVIEW: "The check is not sure",
    Why.SAMPLE: "Drawn at random",
}
DECISION_WORDS = {
    Decision.FINE: "Fine as it is",
    Decision.COACH: "Coach: there is a kinder way",
    Decision.BREACH: "Breach of respectful contact",
    Decision.LEFT: "The case left before anybody had decided",
}
DUE_DAYS = {Why.VIOLATION: 2, Why.REVIEW: 5, Why.SAMPLE: 10}
"""Working days for the supervisor."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What of a verdict is kept with a contact: no word of the text.

    Attributes:
        classes: The leading one first; empty when fine.
        model: Which weights judged, the first twelve digits of their fingerprint.
        cut: Whether the text was longer than what was read.
    """

    outcome: Outcome
    classes: tuple[Harm, ...]
    model: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Review:
    """Words of a contact that a supervisor looks at.

    Attributes:
        person: Who logged the contact.
        decision: None while it waits.
    """

    communication: CommunicationId
    case: CaseId
    own: OrgId
    agency: OrgId
    person: PersonId
    why: Why
    classes: tuple[Harm, ...]
    model: str
    asked_at: datetime
    due_at: datetime
    decision: Decision | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the timeline says of words that were looked at, or wait to be.

    Attributes:
        reason: Of the supervisor; empty while it waits.
    """

    why: Why
    decision: Decision | None
    reason: str


def read_words(text: str, channel: Channel | None, disposition: Disposition | None = None) -> Verdict:
    """What the check says of the agency's words, of their first LONGEST_CHECKED characters."""
    place = None if channel is None else _BY_CHANNEL[channel]
    if disposition in {Disposition.LV, Disposition.LM}:
        place = conduct.Channel.VOICEMAIL
    return check(text[:LONGEST_CHECKED], channel=place)


def kept_of(verdict: Verdict, text: str) -> Checked:
    """What of a verdict is kept."""
    classes = tuple(dict.fromkeys(one.harm for one in verdict.findings))
    return Checked(verdict.outcome, classes, version(), len(text) > LONGEST_CHECKED)


def version() -> str:
    """Which weights judge."""
    return model().trained_on[:12]


def warm_up() -> None:
    """Read lexicon and weights before the first person asks."""
    check("Good morning.")


def why_look(checked: Checked, drawn: CommunicationId, percent: int) -> Why | None:
    """Why somebody should look at a contact's words; None if nobody needs to.

    Args:
        drawn: The contact's id; it is random, and nobody who writes can choose it.
        percent: Of the fine ones, 0 to 100.
    """
    if checked.outcome is not Outcome.FINE:
        return Why(checked.outcome.value)
    share = int.from_bytes(sha256(b"conduct sample" + drawn.bytes).digest()[:4]) % 10_000
    return Why.SAMPLE if share < percent * 100 else None


def sounds_like_complaint(text: str) -> bool:
    """Whether a customer's words ask for complaint handling."""
    return _COMPLAINT.search(text) is not None


def pieces(text: str, findings: Sequence[Finding]) -> list[tuple[str, Finding | None]]:
    """The text cut at the findings, for showing it with the words marked; overlaps stay with the first."""
    found: list[tuple[str, Finding | None]] = []
    at = 0
    for one in sorted(findings, key=lambda one: (one.start, -one.end)):
        if one.start < at or one.start == one.end:
            continue
        found += [(text[at : one.start], None), (text[one.start : one.end], one)]
        at = one.end
    return [piece for piece in [*found, (text[at:], None)] if piece[0]]


def mark_of(finding: Finding) -> str:
    """Names one finding of a text, so that a button still means it after the text was read again."""
    return f"{finding.start}.{finding.end}.{finding.harm.value}"


def put_kinder(text: str, findings: Iterable[Finding], mark: str) -> str | None:
    """The text with a finding's whole sentence replaced by its kinder wording; None if it is not there."""
    one = next((one for one in findings if mark_of(one) == mark), None)
    if one is None:
        return None
    start, end = _sentence(text, one.start, one.end)
    rest = text[end:]
    gap = "" if not rest or rest[0].isspace() else " "
    return text[:start] + one.kinder.strip() + gap + rest


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence around some words: half of an unkind one left standing would not be kinder."""
    begin = max((text.rfind(mark, 0, start) for mark in ".?!\n"), default=-1) + 1
    begin += len(text[begin:start]) - len(text[begin:start].lstrip())
    stops = [at for mark in ".?!\n" if (at := text.find(mark, max(end - 1, start))) >= 0]
    stop = min(stops, default=len(text))
    return begin, stop if stop == len(text) or text[stop] == "\n" else stop + 1


def encode_findings(verdict: Verdict) -> bytes:
    """Findings as sealed: JSON."""
    return json.dumps([asdict(one) for one in verdict.findings]).encode()


def decode_findings(octets: bytes) -> tuple[Finding, ...]:
    """The reverse of `encode_findings`."""
    found = [Finding(**one) for one in json.loads(octets)]
    return tuple(replace(one, harm=Harm(one.harm), rules=tuple(one.rules)) for one in found)


@dataclass(frozen=True, kw_only=True)
class ReviewAsked(Event):
    """The words of a contact wait for a supervisor's look."""

    action: ClassVar[Action] = Action.CONDUCT_REVIEW_ASKED
    communication: CommunicationId
    why: Why
    classes: tuple[Harm, ...]
    model: Code


@dataclass(frozen=True, kw_only=True)
class WordsRead(Event):
    """A supervisor opened the words of a contact with what the check said of them."""

    action: ClassVar[Action] = Action.CONDUCT_WORDS_READ
    communication: CommunicationId


@dataclass(frozen=True, kw_only=True)
class ReviewDecided(Event):
    """A supervisor said what the words of a contact are."""

    action: ClassVar[Action] = Action.CONDUCT_DECIDED
    communication: CommunicationId
    why: Why
    decision: Decision
    classes: tuple[Harm, ...]


@dataclass(frozen=True, kw_only=True)
class KinderTaken(Event):
    """Somebody put a kinder wording into a text before it was sent or logged."""

    action: ClassVar[Action] = Action.CONDUCT_KINDER_TAKEN
    harm: Harm
    model: Code


@dataclass(frozen=True, kw_only=True)
class SampleRateSet(Event):
    """An agency said how many of its fine contacts are looked at."""

    action: ClassVar[Action] = Action.CONDUCT_SAMPLE_SET
    percent: int


MOST_LISTED = 200
"""So many of the queue are shown; the oldest first."""
