"""What is over, or was never finished, is cleared away; what somebody still works on is not."""

from pathlib import Path

import psycopg
import pytest
from typing_extensions import override

from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import WrongState
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.deciding import cancel, clear_over
from handoff_portal.portfolios.actions.uploading import (
    FileReceiver,
    receive_bytes,
    send_portfolio,
    start_portfolio,
)
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.web.portal import Portal
from own_portal import a_portal_of_its_own, opened
from people import people
from portfolio_steps import a_file, clear_all, sent, shown

_LONG_AGO = "update portfolio set updated_at = now() - interval '13 hours' where id = %s"


def test_an_upload_that_nobody_finished_is_cleared_away(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(person.actor) as work:
        made = start_portfolio(work)
        with pytest.raises(WrongState):
            send_portfolio(work, made)
    administrator.execute(_LONG_AGO, (made,))
    clear_all(portal)
    assert shown(portal, person.actor, made).state is State.CANCELLED


def test_an_upload_to_which_files_keep_coming_is_not_cleared_away(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    places = Places(portal.database, portal.objects, 1 << 30)
    with portal.database.work(person.actor) as work:
        made = start_portfolio(work)
    administrator.execute(_LONG_AGO, (made,))
    coming = FileReceiver.start(places, person.actor, made, "one.csv")
    coming.write(a_file(1))
    clear_all(portal)
    assert shown(portal, person.actor, made).state is State.UPLOADING
    administrator.execute(_LONG_AGO, (made,))
    coming.finish()
    clear_all(portal)
    assert shown(portal, person.actor, made).state is State.UPLOADING


def test_what_is_over_longest_is_cleared_away_first(postgres: EmbeddedPostgres, migrated: str) -> None:
    with a_portal_of_its_own(postgres, migrated, "clearing") as environment, opened(environment) as portal:
        (person,) = people(portal, [OrgKind.BUSINESS])
        over = [sent(portal, person.actor, a_file(1)) for _ in range(25)]
        with postgres.administrator("clearing") as connection:
            for minutes, made in enumerate(over):
                with portal.database.work(person.actor) as work:
                    cancel(work, made)
                earlier = "update portfolio set updated_at = now() - %s * interval '1 minute' where id = %s"
                connection.execute(earlier, (minutes, made))
            clear_over(portal.database, portal.objects)
            query = "select portfolio_id from portfolio_file where state <> 'cleared'"
            left = {made for (made,) in connection.execute(query)}
    assert left == set(over[:5])


def test_an_upload_that_is_cleared_away_cannot_be_sent_meanwhile(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    """Neither lost without a word, nor checked without its files."""
    clear_all(portal)
    (person,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(person.actor) as work:
        made = start_portfolio(work)
    receive_bytes(
        Places(portal.database, portal.objects, 1 << 30), person.actor, made, "one.csv", iter([a_file(1)])
    )
    administrator.execute(_LONG_AGO, (made,))
    refused: list[str] = []

    class Slow(FileStore):
        @override
        def delete(self, key: str) -> None:
            with pytest.raises(WrongState) as raised, portal.database.work(person.actor) as work:
                send_portfolio(work, made)
            refused.append(raised.value.say)
            portal.objects.delete(key)

    assert clear_over(portal.database, Slow(Path(portal.settings.objects.removeprefix("file:")))) >= 1
    assert refused
    assert shown(portal, person.actor, made).state is State.CANCELLED
