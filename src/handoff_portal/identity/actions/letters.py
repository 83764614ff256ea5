"""Telling people by mail what happened to their account."""

from datetime import datetime
from zoneinfo import ZoneInfo

from handoff_portal.adapters import mail
from handoff_portal.adapters.database import Work
from handoff_portal.identity.model.organisation import Person


def tell(work: Work, person: Person, template: str, **values: str) -> None:
    """Post a mail that says when it happened, in the person's own zone."""
    mail.post(work, person.id, template, when=written(work.now, person.time_zone), **values)


def written(moment: datetime, zone: str) -> str:
    """A time as mails write it: 14 Mar 2026, 09:30 (Asia/Singapore)."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M} ({zone.replace('_', ' ')})"
