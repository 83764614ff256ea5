"""The words of the conduct check: outcomes, classes, practices, findings, verdicts."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the check says of a text; none of the three blocks anything."""

    FINE = "fine"
    REVIEW = "review"
    VIOLATION = "violation"


class Harm(StrEnum):
    """Classes of violation, the most severe first."""

    THREAT = "threat"
    INTIMIDATION = "intimidation"
    SHAMING = "shaming_public_exposure"
    FALSE_AUTHORITY = "false_authority"
    HARASSMENT = "harassment"
    IGNORING_HARDSHIP = "ignoring_hardship"
    ULTIMATUM = "ultimatum"
    UNCLEAR = "unclear_information"


class Practice(StrEnum):
    """Respectful practices that the check recognises."""

    IDENTIFY = "identify_and_verify"
    POLITE = "polite_and_neutral"
    CLEAR = "clear_and_complete"
    LISTEN = "listen_and_ask"
    FLEXIBLE = "flexible_options"
    DIGNITY = "dignity_and_privacy"
    EMPATHY = "empathy_and_hardship"
    MEASURED = "measured_escalation"


class Channel(StrEnum):
    """Where the words go; the same words may be fine in a sealed letter and a disclosure on a postcard."""

    LETTER = "letter"
    EMAIL = "email"
    TEXT = "text"
    CALL = "call"
    VOICEMAIL = "voicemail"
    POSTCARD = "postcard"
    VISIT = "visit"


class Direction(StrEnum):
    """Who speaks: only the agency's own words are judged."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        harm: The class.
        words: The exact words, text[start:end].
        start: Where they begin in the text.
        end: Where they end; 0 <= start <= end <= len(text).
        why: In plain words, with what it rests on.
        kinder: A wording that says it with respect.
        rules: Citations of the class.
        sure: A pattern of the lexicon and the model agree, or the pattern stands alone for certain.
    """

    harm: Harm
    words: str
    start: int
    end: int
    why: str
    kinder: str
    rules: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of one text.

    Attributes:
        outcome: Fine, review or violation. Never a block.
        harm: The first finding's class; None when fine.
        reason: One line why; for a fine text, what makes it so.
        findings: In order of the text's likelihood, the leading one first; empty when fine.
        practices: Respectful practices seen.
        likelihood: The model's probability of a violation, 0 to 1.
    """

    outcome: Outcome
    harm: Harm | None
    reason: str
    findings: tuple[Finding, ...]
    practices: tuple[Practice, ...]
    likelihood: float
