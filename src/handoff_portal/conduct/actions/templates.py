"""Templates of letters and messages: written, looked at by somebody else, used, retired."""

from dataclasses import dataclass

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.conduct.model.checking import check
from handoff_portal.conduct.model.linear import model
from handoff_portal.conduct.model.templates import (
    LONGEST_TEXT,
    State,
    Template,
    TemplateApproved,
    TemplateChannel,
    TemplateRetired,
    TemplateSentBack,
    TemplateWritten,
    Version,
    languages,
    missing,
    readable,
    unknown_places,
)
from handoff_portal.conduct.model.terms import Channel, Verdict
from handoff_portal.conduct.store import templates as store
from handoff_portal.core.events import Code
from handoff_portal.core.ids import TemplateId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState

_READ_AS = {
    TemplateChannel.LETTER: Channel.LETTER,
    TemplateChannel.EMAIL: Channel.EMAIL,
    TemplateChannel.SMS: Channel.TEXT,
}


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """What somebody writes on the form."""

    name: str
    channel: TemplateChannel
    language: str
    country: str
    text: str


def check_text(text: str, channel: TemplateChannel, language: str) -> Verdict:
    """What the conduct check says of the text as a customer would read it."""
    return check(readable(text, language), channel=_READ_AS[channel])


def write(work: Work, new: NewTemplate) -> TemplateId:
    """Write a template; it waits for a supervisor.

    Raises:
        Invalid: By field.
    """
    work.actor.require(Permission.TEMPLATE_WRITE)
    if new.language not in languages():
        raise Invalid({"language": "Choose a language of the list."})
    _check(new.text)
    made = Template(
        TemplateId(new_id()), work.actor.org, new.name, new.channel, new.language, new.country, None
    )
    first, event = next_version(work, made, new.text)
    store.add(work, made, first, event)
    return made.id


def rewrite(work: Work, wanted: TemplateId, text: str) -> None:
    """Write another version; the approved one stays in use until this one is approved.

    Raises:
        Invalid: By field.
        WrongState: The template is retired, or its newest version still waits.
    """
    work.actor.require(Permission.TEMPLATE_WRITE)
    template = store.load(work, wanted)
    _require_used(template)
    if template.waiting is not None:
        raise WrongState("The newest version still waits for a supervisor. Change it after the answer.")
    _check(text)
    version, event = next_version(work, template, text)
    store.add_version(work, template.id, version, event)


def decide(work: Work, wanted: TemplateId, *, approves: bool, note: str) -> None:
    """Approve the waiting version, or send it back with a note.

    Raises:
        Forbidden: The actor wrote it.
        Invalid: Something that must be said is missing, or the note is.
        WrongState: Nothing waits.
    """
    work.actor.require(Permission.TEMPLATE_APPROVE)
    template = store.load(work, wanted)
    version = template.waiting
    if version is None:
        raise WrongState("No version of this template waits for approval.")
    if version.author == work.actor.person:
        raise Forbidden("You wrote this version. Somebody else of your agency approves it.")
    if not approves and not note.strip():
        raise Invalid({"note": "Please say what should be different."})
    if approves and (lacks := missing(version.text, template.channel)):
        names = ", ".join(f"{{{one.value}}}" for one in lacks)
        raise Invalid({"decision": f"It does not say yet: {names}. Send it back with a note."})
    number = version.number
    if approves:
        event: TemplateApproved | TemplateSentBack = TemplateApproved(
            template=wanted, version=number, words=version.outcome
        )
    else:
        event = TemplateSentBack(template=wanted, version=number)
    state = State.APPROVED if approves else State.SENT_BACK
    if not store.decide(work, wanted, number, state, note.strip(), event):
        raise WrongState("Somebody has decided about this version already.")


def retire(work: Work, wanted: TemplateId) -> None:
    """End the use of a template; what was sent with it stays as it is. Raises WrongState."""
    work.actor.require(Permission.TEMPLATE_APPROVE)
    _require_used(store.load(work, wanted))
    store.retire(work, wanted, TemplateRetired(template=wanted))


def show(work: Work, wanted: TemplateId) -> Template:
    """One template with all its versions. Raises NotFound."""
    work.actor.require(Permission.TEMPLATE_WRITE)
    return store.load(work, wanted)


def list_all(work: Work) -> list[Template]:
    """Those of the actor's agency that are not retired."""
    work.actor.require(Permission.TEMPLATE_WRITE)
    return store.list_all(work)


def _check(text: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise Invalid({"text": f"Write between 1 and {LONGEST_TEXT:,} characters."})
    if unknown := unknown_places(text):
        names = ", ".join(f"{{{one}}}" for one in unknown)
        raise Invalid({"text": f"{names}: the portal cannot fill this in. Use the placeholders of the list."})


def _require_used(template: Template) -> None:
    if template.retired_at is not None:
        raise WrongState("This template is retired. Write a new one.")


def next_version(work: Work, template: Template, text: str) -> tuple[Version, TemplateWritten]:
    """The version that follows, by the actor, with its event."""
    verdict = check_text(text, template.channel, template.language)
    version = Version(
        number=len(template.versions) + 1,
        text=text.strip(),
        state=State.WAITING,
        outcome=verdict.outcome,
        classes=tuple(dict.fromkeys(one.harm for one in verdict.findings)),
        model=model().trained_on[:12],
        author=work.actor.person,
        written_at=work.now,
        decided_at=None,
        note="",
    )
    event = TemplateWritten(
        template=template.id,
        version=version.number,
        channel=template.channel,
        words=version.outcome,
        classes=version.classes,
        model=Code(version.model),
    )
    return version, event
