"""Whether a message says how to get no more of them."""

import pytest

from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.model.terms import Outcome
from handoff_portal.contacts.model.conduct import read_words
from handoff_portal.contacts.model.opting_out import ELECTRONIC, LINES, says_how_to_opt_out, with_opt_out

SAYS = (
    "Reply STOP to opt out.",
    "Text STOP to 12345 to end these messages.",
    "To unsubscribe, click the link below.",
    "If you do not want to receive e-mails at this address, reply with the word “stop” or click here.",
    "You can opt out of e-mails to this address by writing to us.",
    "Click here to unsubscribe",
    "To stop receiving texts at this number, call us on 0800 1.",
    "Para no recibir más mensajes, responda STOP.",
    "Hello.\nSend UNSUBSCRIBE to this number and we do not write again.",
)
SAYS_NOT = (
    "",
    "Please reply by Friday so that we can help.",
    "We stopped the reminder; call us if anything is unclear.",
    "You cannot opt out of these messages by reply.",
    "You can't unsubscribe, so please do not reply.",
    "We will stop calling you at work.",
    "Full stop. Write to us.",
    "You asked us to stop. We reply to every message.",
)


@pytest.mark.parametrize("text", [*SAYS, *LINES.values()])
def test_a_text_with_a_simple_way_out_says_so(text: str) -> None:
    assert says_how_to_opt_out(text)


@pytest.mark.parametrize("text", SAYS_NOT)
def test_a_text_without_one_does_not(text: str) -> None:
    assert not says_how_to_opt_out(text)


def test_the_conduct_check_finds_nothing_in_the_portals_own_lines() -> None:
    for channel in LINES:
        text = with_opt_out("Hello, this is about your invoice.", channel)
        assert read_words(text, channel).outcome is Outcome.FINE


def test_the_line_is_added_once_and_only_to_electronic_messages() -> None:
    assert set(LINES) == ELECTRONIC
    for channel in Channel:
        once = with_opt_out("Hello, this is about your invoice.", channel)
        assert says_how_to_opt_out(once) is (channel in ELECTRONIC)
        assert with_opt_out(once, channel) == once
        assert with_opt_out("", channel) == LINES.get(channel, "")
