"""Words that an agency logs, and a supervisor who looks at them."""

from typing import Any
from uuid import UUID

from at_work import AtWork
from contact_steps import log
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.contacts.actions import conduct
from handoff_portal.contacts.model.communications import Words
from handoff_portal.contacts.model.conduct import (
    Decision,
    Review,
)
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CommunicationId

UNKIND = "Pay by Friday or the police come."
KIND = "Thanked them, asked how things are going and agreed to speak again on Tuesday."


def say(at_work: AtWork, actor: Actor, text: str, **changes: Any) -> CommunicationId:  # noqa: ANN401 - as of log
    return log(at_work, actor, words=Words(author=actor.name, text=text), **changes).id


def draw(at_work: AtWork, percent: int) -> None:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        conduct.set_sample(work, percent)


def waiting(at_work: AtWork) -> list[Review]:
    with at_work.portal.database.work(at_work.agency.actor) as work:
        return conduct.list_waiting(work)


def decide(
    at_work: AtWork, actor: Actor, made: CommunicationId, decision: Decision, reason: str = ""
) -> None:
    with at_work.portal.database.work(actor) as work:
        conduct.decide(work, made, decision, reason)


def kept(postgres: EmbeddedPostgres, made: UUID) -> tuple[str | None, list[str], str | None]:
    with postgres.administrator("portal") as connection:
        query = "select conduct_outcome, conduct_classes, conduct_model from communication where id = %s"
        row = connection.execute(query, (made,)).fetchone()
        assert row is not None
        return row[0], row[1], row[2]
