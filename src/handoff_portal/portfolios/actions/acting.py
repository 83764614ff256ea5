"""In whose name the worker does what somebody ordered, and through which door."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import NOBODY, OrgId, PersonId, PortfolioId, SessionId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.portfolios.store import portfolios


def acting_for(work: Work, person: PersonId, business: OrgId, name: str = "") -> Actor:
    """The person who ordered it, as the log shall say; no session, no other rights than a member's.

    The right to order was required when they did; callers that make cases ask for a genuine approval first.
    """
    organisation = show_organisation(work, business)
    return Actor(
        person=person,
        org=business,
        org_kind=OrgKind.BUSINESS,
        org_name=organisation.name,
        name=name,
        email="",
        roles=frozenset({Role.BUSINESS_MEMBER}),
        session=SessionId(NOBODY),
        session_hash=b"",
        time_zone=organisation.time_zone,
    )


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for circles of dead objects afterwards: a chunk makes none and would lose a fifth of its time.

    It stands around the call that holds the chunk, so that all of it is gone before anything is looked at.
    Threads that do the same at once only make each other collect earlier.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def entered(
    database: Database, portfolio: PortfolioId, actor: Actor, *, step: bool = False
) -> Iterator[Work]:
    """One transaction of the worker that may touch what belongs to this portfolio's business.

    Args:
        step: See `portfolios.enter`.
    """
    with database.worker(actor) as work:
        portfolios.enter(work, portfolio, step=step)
        yield work


Helped = Callable[[PortfolioId, int], AbstractContextManager[int]]
"""Starts processes that commit a portfolio of so many chunks too; gives how many there are."""


def alone(_portfolio: PortfolioId, _chunks: int) -> AbstractContextManager[int]:
    """No helping process."""
    return nullcontext(0)
