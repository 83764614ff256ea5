"""Showing the second factor again before something that cannot be undone."""

from handoff_portal.adapters.database import Database
from handoff_portal.core.actor import Actor, require_log
from handoff_portal.core.refusals import Invalid
from handoff_portal.identity.actions.devices import known_device
from handoff_portal.identity.actions.second_factor import Shown, check_second_factor
from handoff_portal.identity.actions.sessions import renew_session
from handoff_portal.identity.actions.throttle import count, forget, too_many
from handoff_portal.identity.model.credentials import Browser
from handoff_portal.identity.model.events import StepUpRefused, Why
from handoff_portal.identity.model.throttle import code_buckets
from handoff_portal.identity.store import credentials, sessions


def step_up(database: Database, actor: Actor, code: str, browser: Browser) -> bytes:
    """Check a code; gives the token of the renewed session, good for five minutes of guarded actions.

    Raises:
        Invalid: At `code`.
        TooMany: Too many codes were tried.
        WrongState: The session ended meanwhile.
        Unavailable: The log stands still, so a code would open nothing.
    """
    with database.gate(actor.origin, actor) as work:
        require_log(sessions.find_log_delay(work), work.now)
        found = credentials.load(work, actor.person)
        buckets = code_buckets(str(actor.person), known_device(work, browser.device, found))
        wait = count(work, buckets)
        shown = Shown(Why.TOO_MANY) if wait else check_second_factor(work, found.person, code)
        token = b""
        if shown.why is None:
            forget(work, buckets)
            token = renew_session(work, actor, browser.agent)
        else:
            work.record(StepUpRefused(person=actor.person, why=shown.why))
    if wait:
        raise too_many(wait)
    if not token:
        raise Invalid({"code": shown.say})
    return token
