"""Checking words while they are written: what may hurt, why, and a kinder wording that goes into the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.cases.model.content import Channel
from handoff_portal.conduct.model.terms import Finding, Outcome, Verdict
from handoff_portal.contacts.actions import conduct, guarding
from handoff_portal.contacts.model.communications import Direction, Party
from handoff_portal.contacts.model.conduct import (
    HARM_WORDS,
    LONGEST_CHECKED,
    OUTCOME_WORDS,
    mark_of,
    pieces,
    put_kinder,
    read_words,
    sounds_like_complaint,
)
from handoff_portal.contacts.model.dispositions import Disposition
from handoff_portal.contacts.model.guarding import channel_of
from handoff_portal.contacts.model.opting_out import ELECTRONIC, LINES, says_how_to_opt_out, with_opt_out
from handoff_portal.contacts.pages.composer import show_alone
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.guard.model.rules import Rule
from handoff_portal.guard.model.terms import Where
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post

OPT_OUT = "opt-out"
"""The choice that adds the line on opting out."""
_TITLES = {"text": ("contact", "Log a contact"), "note": ("note", "Send a note")}
"""Name of the field to the form of the composer that has it."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One thing to look at, as people read it."""

    mark: str
    words: str
    harm: str
    why: str
    kinder: str
    rules: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class ShownWords:
    """What is said of a text.

    Attributes:
        field: The text field that it stands in.
        says: The outcome in words; empty where nothing was judged.
        parts: The text, cut so that the words of findings can be marked.
        cut: Whether the text is longer than what was read.
        incoming: Whether these are the customer's words, which are answered, not judged.
        complaint: Whether they sound like a complaint.
        taken: Whether a kinder wording was put in just now.
        lacks: What the law asks of the text and it does not say: citations of how to opt out.
        line: What can be added for it with one press.
        changed: Whether the text is another one than was sent.
    """

    field: str
    text: str
    outcome: str
    says: str
    findings: list[ShownFinding]
    parts: list[tuple[str, bool]]
    cut: bool
    incoming: bool
    complaint: bool
    taken: bool
    lacks: tuple[str, ...]
    line: str
    changed: bool


@post("/cases/{case_id:uuid}/words", needs=Permission.CONTACT_LOG)
def check_words(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Say what of a text may hurt; put a kinder wording in if one was chosen. Nothing is stored."""
    form = request.sent
    field = form.value("words_of") if form.value("words_of") in _TITLES else "text"
    text = form.value(field).replace("\x00", "")
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        case.require_party(work.actor)
        chosen = _chosen(text, form)
        kinder = put_kinder(text, [chosen], mark_of(chosen)) if chosen else None
        if chosen is not None and kinder is not None:
            conduct.note_kinder(work, case, chosen.harm)
        asks = _asks(work, case, form) if field == "text" else ()
    if kinder is not None:
        form.put(field, kinder)
    elif form.value("use") == OPT_OUT and asks:
        form.put(field, with_opt_out(text, Channel(form.value("channel"))))
    words = _words(form, field, asks, taken=kinder is not None, changed=form.value(field) != text)
    if request.headers.get("HX-Request"):
        return page(request, "contacts/_words_found.html", case=case, words=words, live=True)
    compose, title = _TITLES[field]
    return show_alone(request, case_id, compose, title, words)


def _asks(work: Work, case: Case, form: Form) -> tuple[Rule, ...]:
    """Rules that ask the message, as the form has it, to say how to opt out."""
    channel, party, place = form.value("channel"), form.value("party"), form.value("place")
    if form.value("direction") == Direction.IN or channel not in {one.value for one in ELECTRONIC}:
        return ()
    way = channel_of(
        Channel(channel),
        Party(party) if party in set(Party) else Party.CUSTOMER,
        Where(place) if place in set(Where) else None,
    )
    return guarding.ask_channel(work, case, cases.open_key(work, case), way).asks


def _chosen(text: str, form: Form) -> Finding | None:
    """The finding whose kinder wording was chosen."""
    wanted = form.value("use")
    if not wanted:
        return None
    return next((one for one in _verdict(form, text).findings if mark_of(one) == wanted), None)


def _verdict(form: Form, text: str) -> Verdict:
    channel, code = form.value("channel"), form.value("disposition")
    return read_words(
        text,
        Channel(channel) if channel in set(Channel) else None,
        Disposition(code) if code in set(Disposition) else None,
    )


def _words(form: Form, field: str, asks: Sequence[Rule], *, taken: bool, changed: bool) -> ShownWords:
    text = form.value(field)
    incoming = field == "text" and form.value("direction") == Direction.IN
    verdict = None if incoming or not text.strip() else _verdict(form, text)
    findings = verdict.findings if verdict else ()
    lacks = bool(text.strip()) and not says_how_to_opt_out(text)
    return ShownWords(
        field=field,
        text=text,
        outcome=verdict.outcome.value if verdict else "",
        says=OUTCOME_WORDS[verdict.outcome] if verdict else "",
        findings=[shown_finding(one, verdict.outcome) for one in findings] if verdict else [],
        parts=[(piece, one is not None) for piece, one in pieces(text[:LONGEST_CHECKED], findings)],
        cut=len(text) > LONGEST_CHECKED,
        incoming=incoming,
        complaint=incoming and sounds_like_complaint(text),
        taken=taken,
        lacks=tuple(rule.citation for rule in asks) if lacks else (),
        line=LINES[Channel(form.value("channel"))] if asks else "",
        changed=changed,
    )


def shown_finding(one: Finding, outcome: Outcome) -> ShownFinding:
    """A finding as people read it; what is uncertain is for looking at, not for blaming."""
    return ShownFinding(
        mark=mark_of(one),
        words=one.words,
        harm=HARM_WORDS[one.harm],
        why=one.why,
        kinder=one.kinder,
        rules=one.rules,
        sure=one.sure and outcome is Outcome.VIOLATION,
    )


ROUTES = (check_words,)
