"""Rows of templates and their versions."""

from collections import defaultdict

from sqlalchemy import ColumnElement, Insert, RowMapping, column, insert, select, table, update
from sqlalchemy.exc import IntegrityError

from handoff_portal.adapters.database import Work
from handoff_portal.conduct.model.templates import (
    State,
    Template,
    TemplateChannel,
    TemplateRetired,
    TemplateWritten,
    Version,
)
from handoff_portal.conduct.model.terms import Harm, Outcome
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId, PersonId, TemplateId
from handoff_portal.core.refusals import NotFound, WrongState

TEMPLATE = table(
    "message_template",
    *map(
        column,
        (
            "id",
            "agency_id",
            "name",
            "channel",
            "language",
            "country",
            "created_at",
            "retired_at",
            "retired_by",
        ),
    ),
)
VERSION = table(
    "template_version",
    *map(
        column,
        (
            "template_id",
            "number",
            "agency_id",
            "body",
            "state",
            "outcome",
            "classes",
            "model_version",
            "author_id",
            "written_at",
            "decided_at",
            "decided_by",
            "note",
        ),
    ),
)


def add(work: Work, made: Template, first: Version, event: TemplateWritten) -> None:
    """Insert a template with its first version."""
    work.change(
        insert(TEMPLATE).values(
            id=made.id,
            agency_id=made.agency,
            name=made.name,
            channel=made.channel.value,
            language=made.language,
            country=made.country,
            created_at=work.now,
        )
    )
    work.change(_inserting(work, made.id, first))
    work.record(event)


def add_version(work: Work, template: TemplateId, made: Version, event: TemplateWritten) -> None:
    """Insert a version that waits for approval.

    Raises:
        WrongState: Somebody else wrote one at this moment.
    """
    try:
        work.change(_inserting(work, template, made))
    except IntegrityError as error:
        raise WrongState("Somebody else wrote a version at this moment. Load the page again.") from error
    work.record(event)


def decide(work: Work, template: TemplateId, number: int, state: State, note: str, event: Event) -> bool:
    """Approve a version or send it back; False if somebody was faster."""
    waiting = update(VERSION).where(
        VERSION.c.template_id == template, VERSION.c.number == number, VERSION.c.state == State.WAITING.value
    )
    done = work.change(
        waiting.values(state=state.value, decided_at=work.now, decided_by=work.actor.person, note=note)
    )
    work.record(event)
    return done.rowcount == 1


def retire(work: Work, template: TemplateId, event: TemplateRetired) -> None:
    """End the use of a template."""
    used = update(TEMPLATE).where(TEMPLATE.c.id == template, TEMPLATE.c.retired_at.is_(None))
    work.change(used.values(retired_at=work.now, retired_by=work.actor.person))
    work.record(event)


def load(work: Work, wanted: TemplateId) -> Template:
    """One template of the actor's agency. Raises NotFound."""
    found = _list(work, TEMPLATE.c.id == wanted)
    if not found:
        raise NotFound
    return found[0]


def list_all(work: Work) -> list[Template]:
    """Those of the actor's agency that are not retired, by name."""
    return _list(work, TEMPLATE.c.retired_at.is_(None))


def _inserting(work: Work, template: TemplateId, made: Version) -> Insert:
    return insert(VERSION).values(
        template_id=template,
        number=made.number,
        agency_id=work.actor.org,
        body=made.text,
        state=made.state.value,
        outcome=made.outcome.value,
        classes=[one.value for one in made.classes],
        model_version=made.model,
        author_id=made.author,
        written_at=made.written_at,
    )


def _list(work: Work, condition: ColumnElement[bool]) -> list[Template]:
    rows = list(work.read(select(TEMPLATE).where(condition).order_by(TEMPLATE.c.name)).mappings())
    versions: dict[TemplateId, list[Version]] = defaultdict(list)
    among = select(TEMPLATE.c.id).where(condition)
    query = select(VERSION).where(VERSION.c.template_id.in_(among)).order_by(VERSION.c.number.desc())
    for row in work.read(query).mappings():
        versions[TemplateId(row["template_id"])].append(_version(row))
    return [_template(row, tuple(versions[TemplateId(row["id"])])) for row in rows]


def _template(row: RowMapping, versions: tuple[Version, ...]) -> Template:
    return Template(
        id=TemplateId(row["id"]),
        agency=OrgId(row["agency_id"]),
        name=row["name"],
        channel=TemplateChannel(row["channel"]),
        language=row["language"],
        country=row["country"],
        retired_at=row["retired_at"],
        versions=versions,
    )


def _version(row: RowMapping) -> Version:
    return Version(
        number=row["number"],
        text=row["body"],
        state=State(row["state"]),
        outcome=Outcome(row["outcome"]),
        classes=tuple(Harm(one) for one in row["classes"]),
        model=row["model_version"],
        author=PersonId(row["author_id"]),
        written_at=row["written_at"],
        decided_at=row["decided_at"],
        note=row["note"],
    )
