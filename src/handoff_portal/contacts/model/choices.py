"""What forms offer to choose from: codes with the words that people read."""

from collections.abc import Iterable

from handoff_portal.contacts.model.communications import CHANNEL_WORDS, PARTY_WORDS
from handoff_portal.contacts.model.dispositions import (
    DISPOSITIONS,
    REASONS,
    RECEIVED_WORDS,
    STEP_WORDS,
    Disposition,
    Reached,
)
from handoff_portal.contacts.model.facts import WEEK
from handoff_portal.contacts.model.holds import RULES, HoldKind, Side
from handoff_portal.guard.model.terms import Channel as GuardChannel
from handoff_portal.guard.model.terms import Where

Choice = tuple[str, str]

_GROUPS = (
    ("Reached the customer", {Reached.CONTACT}),
    ("Not reached, or sent", {Reached.ATTEMPT, Reached.REACH}),
    ("Number or address does not work", {Reached.FAIL}),
    ("Among us", {Reached.INTERNAL}),
)

CHANNELS: tuple[Choice, ...] = tuple((channel.value, words) for channel, words in CHANNEL_WORDS.items())
DIRECTIONS: tuple[Choice, ...] = (
    ("out", "We contacted the customer"),
    ("in", "The customer contacted us"),
)
PARTIES: tuple[Choice, ...] = tuple((party.value, words) for party, words in PARTY_WORDS.items())
RECEIVED: tuple[Choice, ...] = tuple((received.value, words) for received, words in RECEIVED_WORDS.items())
STEPS: tuple[Choice, ...] = tuple((step.value, words) for step, words in STEP_WORDS.items())


PLACES: tuple[Choice, ...] = (
    (Where.RESIDENCE.value, "At home"),
    (Where.MOBILE.value, "On a mobile phone"),
    (Where.BUSINESS.value, "At the business they run"),
    (Where.WORKPLACE.value, "At work, with an employer"),
)
DAYS: tuple[Choice, ...] = tuple((str(number), day.capitalize()) for number, day in enumerate(WEEK))
TO_OTHERS = {
    GuardChannel.THIRD_PARTY_CALL: "Call to somebody else",
    GuardChannel.THIRD_PARTY_MESSAGE: "Message to somebody else",
    GuardChannel.SOCIAL_PUBLIC: "Public post",
}


def outcomes() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Group words to code, words and a mark of what the form then asks for: contact, promise or nothing."""
    return [(words, list(_of(reached))) for words, reached in _GROUPS]


def reasons() -> list[tuple[str, list[Choice]]]:
    """Why the customer has not paid; hardship stands in a group of its own."""
    hard = [(code.value, reason.words) for code, reason in REASONS.items() if reason.hardship]
    other = [(code.value, reason.words) for code, reason in REASONS.items() if not reason.hardship]
    return [("Hardship, contact then rests for 30 days", hard), ("Other reasons", other)]


def hold_kinds() -> list[tuple[str, str, str]]:
    """Kinds that people place by hand: code, words, what it means."""
    return [(kind.value, rule.words, _meaning(kind)) for kind, rule in RULES.items() if rule.by_hand]


def _of(reached: Iterable[Reached]) -> Iterable[tuple[str, str, str]]:
    for code, rule in DISPOSITIONS.items():
        if rule.reached in set(reached):
            asks = "hp-asks-contact" if rule.reached is Reached.CONTACT else ""
            yield (
                code.value,
                rule.words,
                f"{asks} hp-asks-promise".strip() if code is Disposition.PTP else asks,
            )


def _meaning(kind: HoldKind) -> str:
    rule = RULES[kind]
    ends = f" Ends by itself after {rule.lasts_days} days." if rule.lasts_days else ""
    who = "The business" if rule.owner is Side.BUSINESS else "The agency"
    due = f" {who} answers within {rule.due_days} working days." if rule.due_days else ""
    return rule.forbids + due + ends
