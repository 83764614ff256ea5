"""The first start: the cast is assembled and the past weeks are played, in the order of time."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.mail_parser import MAIL
from handoff_portal.adapters.parsing.sandbox import Sandbox
from handoff_portal.core.actor import Actor
from handoff_portal.demo.cast import Cast, assemble
from handoff_portal.demo.people import Account as Person
from handoff_portal.demo.respecting import write_templates
from handoff_portal.demo.scenes import PLOTS, Play
from handoff_portal.demo.submitting import Account, make_draft, read_accounts, submit_if_ready
from handoff_portal.demo.uploading import upload_sample
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.web.portal import Portal

BEGINS = timedelta(days=40)
_OPENS, _CLOSES = 10, 16
_WEEKEND = (5, 6)
Say = Callable[[str], None]


@dataclass
class Clock:
    """The portal's clock while the past is played: it stands where the scene is and never runs backwards."""

    at: datetime

    def __call__(self) -> datetime:
        """The time of the scene, a second later at every look."""
        self.at += timedelta(seconds=1)
        return self.at

    def move(self, to: datetime) -> None:
        """Go on to a scene."""
        self.at = max(self.at, to)


@dataclass(order=True)
class Scene:
    """Something that happens at a time."""

    at: datetime
    number: int
    play: Callable[[], None] = field(compare=False)


def load(portal: Portal, samples: Path, say: Say) -> list[Person]:
    """Fill a new portal; gives how its people sign in.

    Args:
        samples: The folder with the sample accounts.
        say: Told what is being done, for the person who waits.
    """
    real = portal.database.clock
    clock = Clock(utc_now() - BEGINS)
    portal.database.clock = clock
    try:
        say("inviting and enrolling the demo people")
        cast = assemble(portal, samples)
        write_templates(portal, cast)
        with Sandbox(MAIL) as reader:
            _play(portal, cast, reader, read_accounts(samples), clock, say)
        say("merlion-supply: a portfolio of 60 accounts")
        clock.move(utc_now() - timedelta(minutes=15))
        upload_sample(portal, cast.lead("merlion-supply"), samples)
    finally:
        portal.database.clock = real
    return cast.accounts


def in_office_hours(at: datetime, zone: str) -> datetime:
    """The same moment, or the next when people in this time zone are at work: nobody is called at night."""
    local = at.astimezone(ZoneInfo(zone))
    if local.hour < _OPENS:
        local = local.replace(hour=_OPENS)
    elif local.hour >= _CLOSES:
        local = local.replace(hour=_OPENS) + timedelta(days=1)
    while local.weekday() in _WEEKEND:
        local = local.replace(hour=_OPENS) + timedelta(days=1)
    return local.astimezone(UTC)


def _play(
    portal: Portal,
    cast: Cast,
    reader: "Sandbox[ParsedMail]",
    accounts: list[Account],
    clock: Clock,
    say: Say,
) -> None:
    """Play every scene at its time; submitting a case is a scene that brings further ones."""
    places = Places(portal.database, portal.objects, portal.settings.limits.file_bytes)
    numbers, turn = count(), defaultdict[str, int](int)
    first, now = clock.at, utc_now()
    waiting: list[Scene] = []

    def plan(at: datetime, actor: Actor, scene: Callable[[], None]) -> None:
        heappush(waiting, Scene(in_office_hours(at, actor.time_zone), next(numbers), scene))

    def begin(account: Account) -> None:
        say(f"{account.business}: {account.values['creditor_reference']}")
        actor = cast.lead(account.business)
        case_id = make_draft(places, reader, actor, account)
        if account.is_clean and submit_if_ready(places, actor, case_id):
            plot = PLOTS[turn[account.business] % len(PLOTS)]
            turn[account.business] += 1
            for after, scene in plot(Play(portal, cast, account, case_id)):
                plan(clock.at + after, actor, scene)

    for place, account in enumerate(accounts):
        earliest = first + timedelta(hours=7 * place)
        at = min(max(account.ready_at, earliest), now - timedelta(days=1))
        plan(at, cast.lead(account.business), partial(begin, account))
    while waiting:
        scene = heappop(waiting)
        if scene.at < now - timedelta(minutes=20):
            clock.move(scene.at)
            scene.play()
