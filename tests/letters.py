"""What was mailed into the folder that stands for the post."""

from pathlib import Path

from handoff_portal.adapters.mail.delivery import deliver_waiting
from handoff_portal.web.portal import Portal


def mail_all(portal: Portal) -> list[Path]:
    """Mail all that waits, also what other tests left, however much it is; gives all that was ever mailed."""
    while deliver_waiting(portal.database, portal.settings):
        pass
    return sorted(Path(portal.settings.smtp.removeprefix("folder:")).glob("*.eml"))
