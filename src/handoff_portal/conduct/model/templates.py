"""Templates of letters and messages: placeholders, what must be said, versions and their approval. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import yaml

from handoff_portal.conduct.model.terms import Harm, Outcome
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import OrgId, PersonId, TemplateId

LONGEST_TEXT = 6000
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


class TemplateChannel(StrEnum):
    """Ways of writing that templates are made for."""

    LETTER = "letter"
    EMAIL = "email"
    SMS = "sms"


class State(StrEnum):
    """What became of one version of a text."""

    WAITING = "waiting"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


class Placeholder(StrEnum):
    """The closed list of what the portal fills in; never the name of the customer, which is masked."""

    AGENCY = "agency"
    COLLECTOR = "collector"
    CREDITOR = "creditor"
    REFERENCE = "reference"
    AMOUNT = "amount"
    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    WELCOME = "welcome"


CHANNEL_WORDS = {
    TemplateChannel.LETTER: "Letter",
    TemplateChannel.EMAIL: "E-mail",
    TemplateChannel.SMS: "Text message",
}
STATE_WORDS = {
    State.WAITING: "Waits for approval",
    State.APPROVED: "Approved",
    State.SENT_BACK: "Sent back",
}
PLACEHOLDER_WORDS = {
    Placeholder.AGENCY: "name of your agency",
    Placeholder.COLLECTOR: "name of whoever writes",
    Placeholder.CREDITOR: "the business it is for",
    Placeholder.REFERENCE: "reference of the case",
    Placeholder.AMOUNT: "open amount with its currency",
    Placeholder.DISPUTE: "how to say that one sees it differently",
    Placeholder.HARDSHIP: "what to do when paying is difficult",
    Placeholder.WELCOME: "that a solution is still welcome",
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language that templates are written in, with the lines that the portal offers.

    Attributes:
        informal: What sounds too familiar.
        hint: How to be formal in it.
    """

    code: str
    name: str
    lines: Mapping[Placeholder, str]
    informal: tuple[re.Pattern[str], ...]
    hint: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template's text.

    Attributes:
        note: What the supervisor said.
    """

    number: int
    text: str
    state: State
    outcome: Outcome
    classes: tuple[Harm, ...]
    model: str
    author: PersonId
    written_at: datetime
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Template:
    """A letter or message of an agency, with all its versions, the newest first.

    Attributes:
        country: ISO 3166-1 alpha-2, or empty for everywhere.
    """

    id: TemplateId
    agency: OrgId
    name: str
    channel: TemplateChannel
    language: str
    country: str
    retired_at: datetime | None
    versions: tuple[Version, ...] = ()

    @property
    def approved(self) -> Version | None:
        """The version that is in use, if the template is."""
        if self.retired_at is not None:
            return None
        return next((one for one in self.versions if one.state is State.APPROVED), None)

    @property
    def waiting(self) -> Version | None:
        """The newest version, if it waits for a supervisor."""
        newest = self.versions[0]
        return newest if newest.state is State.WAITING and self.retired_at is None else None


@cache
def _elements() -> Any:  # noqa: ANN401 - as the file has it
    return yaml.safe_load(files(__package__).joinpath("elements.yaml").read_text(encoding="utf-8"))


@cache
def languages() -> Mapping[str, Language]:
    """Languages by ISO 639-1 code."""
    lines = (Placeholder.DISPUTE, Placeholder.HARDSHIP, Placeholder.WELCOME)
    return {
        code: Language(
            code,
            row["name"],
            {line: row[line.value] for line in lines},
            tuple(re.compile(one, re.IGNORECASE) for one in row["informal"]),
            row["hint"],
        )
        for code, row in _elements()["languages"].items()
    }


def unknown_places(text: str) -> list[str]:
    """What stands in braces and is no placeholder."""
    return sorted({name for name in _PLACE.findall(text) if name not in set(Placeholder)})


def missing(text: str, channel: TemplateChannel) -> list[Placeholder]:
    """What a message of this kind has to say and does not."""
    there = set(_PLACE.findall(text))
    return [Placeholder(name) for name in _elements()["required"][channel.value] if name not in there]


def too_familiar(text: str, language: str) -> list[str]:
    """Words that are not formal enough for a letter."""
    found = [match.group() for one in languages()[language].informal for match in one.finditer(text)]
    return list(dict.fromkeys(found))


def fill(text: str, language: str, values: Mapping[Placeholder, str]) -> str:
    """The text with its placeholders filled; a brace that is none stays as it is."""
    known = {**languages()[language].lines, **values}
    return _PLACE.sub(
        lambda match: (
            known.get(Placeholder(match[1]), match[0]) if match[1] in set(Placeholder) else match[0]
        ),
        text,
    )


def readable(text: str, language: str) -> str:
    """The text as a customer would read it, with examples; what the conduct check reads."""
    examples = {
        Placeholder.AGENCY: "Lion City Receivables",
        Placeholder.COLLECTOR: "Ravi Kumar",
        Placeholder.CREDITOR: "Merlion Industrial Supply",
        Placeholder.REFERENCE: "HP-12345-67890",
        Placeholder.AMOUNT: "SGD 1,200.00",
    }
    return fill(text, language, examples)


def in_use(found: Sequence[Template], country: str | None) -> list[Template]:
    """Those that can be used in a country."""
    return [one for one in found if one.approved and one.country in {"", country}]


@dataclass(frozen=True, kw_only=True)
class TemplateWritten(Event):
    """Somebody wrote a template, or a new version of one."""

    action: ClassVar[Action] = Action.TEMPLATE_WRITTEN
    template: TemplateId
    version: int
    channel: TemplateChannel
    words: Outcome
    classes: tuple[Harm, ...]
    model: Code


@dataclass(frozen=True, kw_only=True)
class TemplateApproved(Event):
    """A supervisor approved a version."""

    action: ClassVar[Action] = Action.TEMPLATE_APPROVED
    template: TemplateId
    version: int
    words: Outcome


@dataclass(frozen=True, kw_only=True)
class TemplateSentBack(Event):
    """A supervisor sent a version back with a note."""

    action: ClassVar[Action] = Action.TEMPLATE_SENT_BACK
    template: TemplateId
    version: int


@dataclass(frozen=True, kw_only=True)
class TemplateRetired(Event):
    """A template is not used any more."""

    action: ClassVar[Action] = Action.TEMPLATE_RETIRED
    template: TemplateId
