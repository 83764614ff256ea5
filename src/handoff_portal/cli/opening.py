"""The portal of the environment's settings, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from handoff_portal.app import build_portal
from handoff_portal.settings import read
from handoff_portal.web.portal import Portal


@contextmanager
def opened_portal() -> Iterator[Portal]:
    """All parts without a web server; every connection is given back at the end."""
    portal = build_portal(read())
    try:
        yield portal
    finally:
        portal.database.close()
