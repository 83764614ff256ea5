"""What the worker does and how often."""

import logging

from handoff_portal.adapters.mail.delivery import deliver_waiting
from handoff_portal.documents.actions.papers import reap_uploads
from handoff_portal.web.portal import Portal
from handoff_portal.worker import Chore

_log = logging.getLogger(__name__)


def chores(portal: Portal) -> tuple[Chore, ...]:
    """All chores of one portal."""
    database, objects = portal.database, portal.objects
    return (
        Chore("mail", 2.0, lambda: deliver_waiting(database, portal.settings) > 0),
        Chore("uploads", 600.0, lambda: reap_uploads(database, objects) > 0),
    )
