"""Delivering what waits: one mail, one transaction; what fails is tried again, later each time."""

import logging
from datetime import timedelta
from typing import Protocol

from jinja2 import TemplateError

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.mail import outbox
from handoff_portal.adapters.mail.letters import letter
from handoff_portal.adapters.mail.transport import NotSent, Transport, transport
from handoff_portal.adapters.vault.seal import Tampered

_log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait after each failed attempt; after the last one the mail is given up."""

KEPT = timedelta(days=30)
_AT_ONCE = 200


class MailSettings(Protocol):
    """The settings that delivery needs."""

    @property
    def smtp(self) -> str:
        """Where mails go: smtp://, smtps:// or folder:."""
        ...

    @property
    def mail_from(self) -> str:
        """The portal's address."""
        ...

    @property
    def public_url(self) -> str:
        """Where links lead."""
        ...


def deliver_waiting(database: Database, settings: MailSettings) -> int:
    """Send every mail whose time has come, at most 200; any number of workers may do so at once.

    Returns:
        How many left.
    """
    done: list[str] = []
    with transport(settings.smtp) as way:
        while len(done) < _AT_ONCE:
            with database.worker() as work:
                result = _deliver_next(work, way, settings)
            if not result:
                break
            done.append(result)
    return done.count("sent")


def sweep_outbox(work: Work) -> None:
    """Forget mails that were finished a month ago."""
    outbox.sweep(work, work.now - KEPT)


def _deliver_next(work: Work, way: Transport, settings: MailSettings) -> str:
    waiting = outbox.take_next(work)
    if waiting is None:
        return ""
    if not waiting.address:
        _log.error("mail %s (%s) has nobody to go to", waiting.id, waiting.template)
        outbox.note_failed(work, waiting.id)
        return "given up"
    try:
        values = outbox.open_values(work, waiting)
        way.send(letter(waiting, values, settings.mail_from, settings.public_url))
    except (Tampered, TemplateError):
        _log.exception("mail %s (%s) cannot be written", waiting.id, waiting.template)
        outbox.note_failed(work, waiting.id)
        return "given up"
    except NotSent as failure:
        _log.warning("mail %s (%s) was not sent: %s", waiting.id, waiting.template, failure)
        if failure.for_ever or waiting.attempts >= len(PAUSES):
            outbox.note_failed(work, waiting.id)
            return "given up"
        outbox.note_later(work, waiting.id, work.now + PAUSES[waiting.attempts])
        return "later"
    outbox.note_sent(work, waiting.id)
    return "sent"
