"""What the worker does and how often."""

from handoff_portal.adapters.database import Database
from handoff_portal.adapters.mail.delivery import deliver_waiting, sweep_outbox
from handoff_portal.audit.actions.keeping import Keeper, log_key
from handoff_portal.audit.actions.testimony import authority, stamp, write_to_officers
from handoff_portal.contacts.actions.licensing import sweep_licences
from handoff_portal.contacts.actions.past import count_past, past_cases
from handoff_portal.contacts.actions.promises import break_promises
from handoff_portal.documents.actions.papers import reap_uploads
from handoff_portal.guard.actions.checking import Past
from handoff_portal.guard.actions.checking import check_next as check_rules
from handoff_portal.handoffs.actions.offers import lapse_offers
from handoff_portal.helping import crew, helped
from handoff_portal.identity.actions.recovery_renewal import open_due
from handoff_portal.identity.actions.sweeping import sweep
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.deciding import clear_over
from handoff_portal.portfolios.actions.storing import store_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.web.portal import Portal
from handoff_portal.worker import Chore


def chores(portal: Portal) -> tuple[Chore, ...]:
    """All chores of one portal."""
    database, objects = portal.database, portal.objects
    asked = authority(portal.settings)
    keeper = Keeper(database, log_key(portal.vault, portal.settings.log_name), portal.anchor)
    return (
        Chore("log", 1.0, keeper.round),
        Chore("stamps", 300.0, lambda: asked is not None and stamp(database, portal.anchor, asked)),
        Chore("officers", 3600.0, lambda: write_to_officers(database)),
        Chore("mail", 2.0, lambda: deliver_waiting(database, portal.settings) > 0),
        Chore("sweep", 3600.0, lambda: _sweep(database)),
        Chore("uploads", 600.0, lambda: reap_uploads(database, objects) > 0),
        Chore("licences", 60.0, lambda: sweep_licences(database) > 0),
        Chore("offers", 60.0, lambda: lapse_offers(database) > 0),
        Chore("factors", 60.0, lambda: open_due(database) > 0),
        Chore("portfolios read", 2.0, lambda: check_next(database, objects, read_files, crew)),
        Chore("portfolios", 2.0, lambda: commit_next(database, helped)),
        Chore("papers", 2.0, lambda: store_next(database, objects)),
        Chore("portfolios over", 600.0, lambda: clear_over(database, objects) > 0),
        Chore("contact rules", 2.0, lambda: check_rules(database, Past(count_past, past_cases))),
        Chore("promises", 3600.0, lambda: break_promises(database) > 0),
    )


def _sweep(database: Database) -> bool:
    """Forget sessions, links, counters and mails that are over."""
    with database.worker() as work:
        sweep(work)
        sweep_outbox(work)
    return False
