"""Checking the second factor: a code from the app, each step once and in order, or a code from paper."""

from dataclasses import dataclass

from handoff_portal.adapters import totp
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.recovery_notices import stop_for
from handoff_portal.identity.model.events import RecoveryCodeUsed, Why
from handoff_portal.identity.model.organisation import Person
from handoff_portal.identity.model.recovery import Ending
from handoff_portal.identity.store import credentials

_WRONG = "This code is not right. Type the one your app shows now, or one of your recovery codes."
_USED = "This code was used already. Wait until your app shows the next one and type that."
_CLOCK = "The clock of your phone differs from ours. Set it to automatic time, then type the next code."
_SAYS = {Why.WRONG_CODE: _WRONG, Why.USED_CODE: _USED, Why.CLOCK_DIFFERS: _CLOCK}


@dataclass(frozen=True, slots=True)
class Shown:
    """How a code did.

    Attributes:
        why: Why it was refused; None if it was accepted.
    """

    why: Why | None = None

    @property
    def say(self) -> str:
        """What to tell the person."""
        return _SAYS[self.why] if self.why else ""


def check_second_factor(work: Work, person: Person, typed: str) -> Shown:
    """Check a code of a person whose password is known to be right, and use it up (front door).

    A recovery code that is accepted is written down and told to its owner here. Whoever shows a factor has
    not lost it: a request for a new one ends.
    """
    code = totp.plain(typed)
    shown = Shown(Why.WRONG_CODE)
    if totp.is_app_code(code):
        shown = Shown(_app_code(work, person, code))
    elif totp.is_recovery_code(code) and _recovery_code(work, person, code):
        shown = Shown()
    if shown.why is None:
        stop_for(work, person.id, Ending.SIGNED_IN)
    return shown


def _app_code(work: Work, person: Person, code: str) -> Why | None:
    found = credentials.find_authenticator(work, person.id)
    if found is None or found.sealed is None:
        return Why.WRONG_CODE
    match = totp.match(work.vault.open_totp(person.id, found.sealed), code, work.now)
    if match.counter is None:
        return Why.CLOCK_DIFFERS if match.drifted else Why.WRONG_CODE
    return None if credentials.advance_counter(work, person.id, match.counter) else Why.USED_CODE


def _recovery_code(work: Work, person: Person, code: str) -> bool:
    hashed = totp.recovery_hash(code, work.vault.system_key(SystemKey.PEPPER))
    if not credentials.use_recovery_code(work, person.id, hashed):
        return False
    left = credentials.count_recovery_codes(work, person.id)
    work.record(RecoveryCodeUsed(person=person.id, left=left, own=person.org))
    tell(work, person, "recovery_code_used", left=str(left))
    return True
