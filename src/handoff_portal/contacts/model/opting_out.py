"""Saying how to opt out in an electronic message: found in its text, or offered as a line to add.

12 CFR 1006.6(e): a clear and conspicuous statement of a reasonable and simple method by which the customer
can opt out of further messages to this address or number.
"""

import re

from handoff_portal.cases.model.content import Channel

ELECTRONIC = frozenset({Channel.EMAIL, Channel.SMS, Channel.MESSAGING, Channel.PORTAL})
"""Ways of writing that such a statement is about."""
LINES: dict[Channel, str] = {
    Channel.EMAIL: "You can stop e-mails to this address at any time: reply STOP.",
    Channel.SMS: "You can stop text messages to this number at any time: reply STOP.",
    Channel.MESSAGING: "You can stop messages to this account at any time: reply STOP.",
    Channel.PORTAL: "You can stop messages here at any time: reply STOP.",
}
"""The portal's own lines."""
_HOW = r"(?:repl(?:y|ying)|respond|answer|text|send|writ(?:e|ing)|call|click|follow|use|visit|tap|e-?mail)"
_WORD = r"(?:STOP|UNSUBSCRIBE|OPT[ -]?OUT|END|QUIT|CANCEL)"
_OUT = (
    r"(?:unsubscribe|opt(?:ing)?[ -]out"
    r"|(?:stop|no longer|not|end)\b[^.!?\n]{0,30}\b(?:e-?mails?|texts?|messages?|sms))"
)
_SAYS = (
    re.compile(rf"\b(?i:{_HOW})\b[^.!?\n]{{0,50}}\b{_WORD}\b"),
    re.compile(rf"\b{_OUT}\b[^.!?\n]{{0,80}}\b{_HOW}\b", re.IGNORECASE),
    re.compile(rf"\b{_HOW}\b[^.!?\n]{{0,80}}\b{_OUT}\b", re.IGNORECASE),
    re.compile(r"\b(?i:responda|conteste|env[ií]e|escriba)\b[^.!?\n]{0,50}\b(?:STOP|BAJA|ALTO|PARAR)\b"),
)
_DENIES = re.compile(
    r"\b(?:can(?:no|')?t|can not|unable to|must not|may not|no way to|not possible to|do not try to)\b"
    r"[^.!?\n]{0,30}\b(?:unsubscribe|opt|stop|reply)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")


def says_how_to_opt_out(text: str) -> bool:
    """Whether a message says how to get no more of them; a sentence that says one cannot does not count."""
    sentences = (found.group().replace("\u2019", "'") for found in _SENTENCE.finditer(text))
    return any(any(pattern.search(one) for pattern in _SAYS) and not _DENIES.search(one) for one in sentences)


def with_opt_out(text: str, channel: Channel) -> str:
    """The text with the portal's line at its end; as it is where it says so already or is not electronic."""
    if channel not in ELECTRONIC or says_how_to_opt_out(text):
        return text
    gap = " " if channel is Channel.SMS else "\n\n"
    return f"{text.rstrip()}{gap if text.strip() else ''}{LINES[channel]}"
