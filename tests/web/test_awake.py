"""Sending a large file takes longer than a session may rest; whoever sends is not away."""

import asyncio
from functools import partial

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.core.actor import Origin
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Unavailable
from handoff_portal.web.awake import kept_awake
from handoff_portal.web.front_door import session_cookie
from handoff_portal.web.portal import Portal
from identity.rogue import token_of
from people import people


def test_a_session_is_prolonged_while_a_file_is_on_its_way(
    portal: Portal, postgres: EmbeddedPostgres
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = token_of(person.cookie[session_cookie(portal.settings)])
    look = partial(portal.resolve, portal.database, token, Origin())
    with postgres.administrator("portal") as connection:
        ends = "select idle_expires_at from session where id = %s"
        connection.execute(
            "update session set last_seen_at = now() - interval '2 minutes' where id = %s",
            (person.actor.session,),
        )
        before = connection.execute(ends, (person.actor.session,)).fetchone()

        async def send() -> None:
            async with kept_awake(look, every=0.02):
                await asyncio.sleep(0.5)

        asyncio.run(send())
        after = connection.execute(ends, (person.actor.session,)).fetchone()
    assert before
    assert after
    assert after[0] > before[0]
    assert look().actor is not None


def test_the_portal_looks_on_when_the_database_is_away_and_stops_when_the_file_is_there() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        raise Unavailable("The database does not answer.")

    async def send() -> int:
        async with kept_awake(look, every=0.01):
            await asyncio.sleep(0.3)
        seen = len(looks)
        await asyncio.sleep(0.1)
        return len(looks) - seen

    assert asyncio.run(send()) <= 1
    assert len(looks) > 1
