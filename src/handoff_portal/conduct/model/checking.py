"""The check itself: the linear model's likelihood and the lexicon's patterns become a verdict with reasons.

A violation needs the model to be confident, or a sure pattern that the model does not contradict; anything
weaker is for a person to review. No verdict blocks anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from handoff_portal.conduct.model.families import about
from handoff_portal.conduct.model.features import Feature, read_features
from handoff_portal.conduct.model.lexicon import Match, advice_for, find_matches, find_practices, lexicon
from handoff_portal.conduct.model.linear import Model, Score, model
from handoff_portal.conduct.model.terms import Channel, Direction, Finding, Harm, Outcome, Verdict
from handoff_portal.conduct.model.wording import MARKS, Word, read_words

CONFIDENT = 0.54
"""Likelihood from which the model alone calls a text a violation; chosen by cross-validation."""
SUPPORTED = 0.3
"""Likelihood that suffices where a sure pattern stands in the agency's own words."""
_SUSPECT, _CLEARLY_FINE = 0.35, 0.5
"""Likelihood of a violation from which, and of "fine" below which, a person should look."""
_UNKIND = 0.5
"""Likelihood from which a part of a text is looked at by a person, whatever stands around it."""
_SURE_ADDS, _PATTERN_ADDS = 0.5, 0.15
"""What a pattern adds to the likelihood of its class."""
LONGEST = 8_000
"""Characters that are read; what follows is for a person."""
_WINDOW = 3
"""Sentences that are read together at most: a kind sentence cannot dilute an unkind one out of sight."""
_SHOWN = 60
"""Characters that a finding shows of what was not read."""
_OPEN = frozenset({Channel.POSTCARD, Channel.VOICEMAIL})
"""Channels that others may read or hear."""
_ACCOUNT_WORDS = frozenset(
    [
        "account",
        "debt",
        "owe",
        "owes",
        "balance",
        "bill",
        "invoice",
        "arrears",
        "overdue",
        "collection",
        "payment",
    ]
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What both parts say of a text."""

    text: str
    words: list[Word]
    features: list[Feature]
    score: Score
    matches: list[Match]

    @property
    def likelihood(self) -> float:
        return self.score.outcome[Outcome.VIOLATION]


def check(
    text: str,
    *,
    channel: Channel | None = None,
    direction: Direction = Direction.OUT,
    by: Model | None = None,
) -> Verdict:
    """Judge one text; of one longer than LONGEST the rest is left to a person, so it is never fine.

    Args:
        channel: Where it goes, if known; a postcard or a voicemail must not show that there is a debt.
        direction: Only words of the agency are judged; a customer's own words belong to complaint handling.
        by: Another model than the committed one, for cross-validation.
    """
    if direction is Direction.IN:
        return _fine("These are the customer's words; they are answered, not judged.", 0.0, text)
    reading = _read(text[:LONGEST], by or model())
    outcome = _outcome(reading, by or model())
    findings = () if outcome is Outcome.FINE else tuple(_findings(reading, outcome, by or model()))
    disclosed = _disclosure(reading.words, text) if channel in _OPEN else None
    for further in (disclosed, _unread(text)):
        if further is not None:
            findings = (*findings, further)
            outcome = Outcome.REVIEW if outcome is Outcome.FINE else outcome
    if not findings:
        return _fine("Nothing in it stands out.", reading.likelihood, text)
    lead = findings[0]
    return Verdict(outcome, lead.harm, lead.why, findings, find_practices(text[:LONGEST]), reading.likelihood)


def _fine(reason: str, likelihood: float, text: str) -> Verdict:
    practices = find_practices(text[:LONGEST])
    return Verdict(Outcome.FINE, None, reason, (), practices, likelihood)


def _read(text: str, by: Model) -> _Reading:
    words = read_words(text)
    features = read_features(words)
    return _Reading(text, words, features, by.score(features), find_matches(text, words))


def _outcome(reading: _Reading, by: Model) -> Outcome:
    if not any(word.form not in MARKS for word in reading.words):
        return Outcome.FINE
    sure = any(match.pattern.sure for match in reading.matches)
    if reading.likelihood >= (SUPPORTED if sure else CONFIDENT):
        return Outcome.VIOLATION
    doubtful = reading.likelihood >= _SUSPECT or reading.score.outcome[Outcome.FINE] < _CLEARLY_FINE
    return Outcome.REVIEW if doubtful or _unkind_part(reading, by) else Outcome.FINE


def _unkind_part(reading: _Reading, by: Model) -> bool:
    """Whether some sentences in a row would be a violation if they stood alone."""
    sentences = _sentences(reading.words)
    for first in range(len(sentences)):
        for last in range(first + 1, min(first + _WINDOW, len(sentences)) + 1):
            if last - first == len(sentences):
                continue
            words = [word for sentence in sentences[first:last] for word in sentence]
            start, end = words[0].start, words[-1].end
            sure = any(one.pattern.sure and start <= one.start < end for one in reading.matches)
            likelihood = by.score(read_features(words)).outcome[Outcome.VIOLATION]
            if likelihood >= (SUPPORTED if sure else _UNKIND):
                return True
    return False


def _sentences(words: list[Word]) -> list[list[Word]]:
    """Words up to and with a full stop, question mark or exclamation mark."""
    found: list[list[Word]] = [[]]
    for word in words:
        found[-1].append(word)
        if word.form in {".", "?", "!", "..."}:
            found.append([])
    return [one for one in found if any(word.form not in MARKS for word in one)]


def _findings(reading: _Reading, outcome: Outcome, by: Model) -> Iterator[Finding]:
    """The likeliest class first, then other classes whose patterns stand in the text."""
    harms = dict(reading.score.harms)
    for match in reading.matches:
        harms[match.pattern.harm] += _SURE_ADDS if match.pattern.sure else _PATTERN_ADDS
    leading = max(Harm, key=lambda harm: harms[harm])
    yield _first(reading, leading, outcome, by)
    seen = {leading}
    for match in reading.matches:
        harm = match.pattern.harm
        if harm not in seen and (match.pattern.sure or harms[harm] >= CONFIDENT):
            seen.add(harm)
            yield _of_match(reading.text, match, sure=False)


def _first(reading: _Reading, harm: Harm, outcome: Outcome, by: Model) -> Finding:
    own = [match for match in reading.matches if match.pattern.harm == harm]
    if own:
        best = max(own, key=lambda match: (match.pattern.sure, match.end - match.start))
        return _of_match(reading.text, best, sure=outcome is Outcome.VIOLATION)
    label = harm.value if outcome is Outcome.VIOLATION else Outcome.REVIEW.value
    start, end = _leading_span(reading, label, by)
    words = [word for word in reading.words if start <= word.start < end]
    advice = advice_for(harm, {family for word in words for family in about(word.form)})
    return Finding(
        harm,
        reading.text[start:end],
        start,
        end,
        advice.why,
        advice.kinder,
        lexicon().rules[harm],
        sure=False,
    )


def _of_match(text: str, match: Match, *, sure: bool) -> Finding:
    said = match.pattern
    rules = lexicon().rules[said.harm]
    words = text[match.start : match.end]
    return Finding(said.harm, words, match.start, match.end, said.why, said.kinder, rules, sure)


def _leading_span(reading: _Reading, label: str, by: Model) -> tuple[int, int]:
    """The clause whose words pulled most towards the answer."""
    pulled = by.pull(reading.features, label)
    clauses: dict[int, float] = {}
    for number, gain in pulled.items():
        clause = reading.words[number].clause
        clauses[clause] = clauses.get(clause, 0.0) + gain
    best = max(clauses, key=lambda clause: clauses[clause], default=reading.words[0].clause)
    inside = [word for word in reading.words if word.clause == best and word.form not in MARKS]
    inside = inside or reading.words
    return inside[0].start, inside[-1].end


def _disclosure(words: list[Word], text: str) -> Finding | None:
    """On a postcard or a voicemail, a word that shows that there is a debt."""
    word = next((one for one in words if one.form in _ACCOUNT_WORDS), None)
    if word is None:
        return None
    return Finding(
        Harm.SHAMING,
        text[word.start : word.end],
        word.start,
        word.end,
        "Others may read or hear this, and it shows that there is a debt.",
        "Hello, this is [name] for [customer]. Please call me back on [number] when it suits you.",
        lexicon().rules[Harm.SHAMING],
        sure=False,
    )


def _unread(text: str) -> Finding | None:
    """What stands beyond LONGEST."""
    if len(text) <= LONGEST:
        return None
    return Finding(
        Harm.UNCLEAR,
        text[LONGEST : LONGEST + _SHOWN],
        LONGEST,
        min(len(text), LONGEST + _SHOWN),
        f"It is longer than {LONGEST} characters; a person reads what follows.",
        "Please send this in shorter parts.",
        lexicon().rules[Harm.UNCLEAR],
        sure=False,
    )
