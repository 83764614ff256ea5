"""How the agencies of the demo take care of their words: templates with approval, words looked at."""

from handoff_portal.conduct.actions import templates
from handoff_portal.conduct.actions.templates import NewTemplate
from handoff_portal.conduct.model.templates import TemplateChannel
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.model.conduct import Decision
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.demo.cast import Cast
from handoff_portal.web.portal import Portal

_CARE = "{dispute}\n\n{hardship}\n\n{welcome}\n\nKind regards\n{collector}, {agency}"
_LETTER = NewTemplate(
    name="First letter to a company",
    channel=TemplateChannel.LETTER,
    language="en",
    country="SG",
    text="Dear [name]\n\nWe are {agency}, a licensed collection agency, and write on behalf of {creditor} "
    f"about {{reference}}. {{amount}} is open; the enclosed page shows what it is made of.\n\n{_CARE}",
)
_MAIL = NewTemplate(
    name="After a call: what we agreed",
    channel=TemplateChannel.EMAIL,
    language="en",
    country="SG",
    text="Dear [name]\n\nThank you for the call today. This is what we agreed about {reference} for "
    f"{{creditor}}, where {{amount}} is open: [what was agreed, in one sentence].\n\n{_CARE}",
)
_SHORT = NewTemplate(
    name="Please call us back",
    channel=TemplateChannel.SMS,
    language="en",
    country="SG",
    text="This is {collector} of {agency}. Please call when it suits you. {welcome}",
)
_HURRIED = NewTemplate(
    name="Second letter",
    channel=TemplateChannel.LETTER,
    language="en",
    country="SG",
    text="Dear [name]\n\n{agency} wrote to you for {creditor} about {reference}, and {amount} is still open. "
    "This is your last chance to answer us.\n\n{dispute}\n\n{welcome}",
)
_APPROVED, _SENT_BACK, _WAITING = (_LETTER, _SHORT), _HURRIED, _MAIL
_SENT_BACK_NOTE = "Please say what somebody can do who cannot pay now, and leave out the last chance."
_COACH = "The customer should hear what is possible, not what might happen. Ask what made it difficult."


def write_templates(portal: Portal, cast: Cast) -> None:
    """A collector in Singapore writes four templates; the supervisor answers three of them."""
    _, supervisor, collector = cast.actors["lion-city-receivables"]
    for new in (*_APPROVED, _SENT_BACK, _WAITING):
        with portal.database.work(collector) as work:
            made = templates.write(work, new)
        if new is _WAITING:
            continue
        approves = new in _APPROVED
        with portal.database.work(supervisor) as work:
            templates.decide(work, made, approves=approves, note="" if approves else _SENT_BACK_NOTE)


def look_at_words(portal: Portal, cast: Cast, agency: Actor, harsh: CaseId | None) -> None:
    """Somebody else of the agency who may decides about the words that wait; coaches those of one case."""
    several = next(people for people in cast.actors.values() if agency in people)
    looks = next(
        (one for one in several if one != agency and one.may(Permission.CONDUCT_REVIEW)),
        None,
    )
    if looks is None:
        return
    with portal.database.work(looks) as work:
        waiting = [one for one in conduct.list_waiting(work) if one.person != looks.person]
    for review in waiting:
        coaches = review.case == harsh
        with portal.database.work(looks) as work:
            conduct.open_words(work, review.communication)
            decision = Decision.COACH if coaches else Decision.FINE
            conduct.decide(work, review.communication, decision, _COACH if coaches else "")
