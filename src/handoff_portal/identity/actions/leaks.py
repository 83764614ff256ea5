"""Passwords that leaked elsewhere: refused when chosen, looked up again where the list did not answer.

The list is asked outside of any transaction. If it does not answer, the password is taken, an event says so,
and the next sign-in asks again; a password that turns out to have leaked must be changed before going on.
"""

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.leaked import Verdict
from handoff_portal.adapters.passwords import Passwords
from handoff_portal.core.ids import PersonId
from handoff_portal.core.refusals import Invalid
from handoff_portal.identity.model.events import PasswordLeaked, PasswordUnchecked
from handoff_portal.identity.model.organisation import Person
from handoff_portal.identity.store import marks
from handoff_portal.identity.store.marks import Mark

LEAKED = (
    "This password was found in a leak of another service, so others will try it. "
    "Choose one that you use nowhere else."
)


def require_not_leaked(passwords: Passwords, password: str) -> Verdict:
    """Refuse a password that stands on the list; call it outside of any transaction.

    Raises:
        Invalid: At `password`.
    """
    verdict = passwords.leaked.look_up(password)
    if verdict is Verdict.LEAKED:
        raise Invalid({"password": LEAKED})
    return verdict


def note_verdict(work: Work, person: Person, verdict: Verdict) -> None:
    """Remember what the list said about the password that was just set or given (front door)."""
    if verdict is Verdict.CLEAN:
        marks.clear(work, person.id)
    elif verdict is Verdict.UNKNOWN:
        marks.put(work, person.id, Mark.UNCHECKED, PasswordUnchecked(person=person.id, own=person.org))
    else:
        marks.put(work, person.id, Mark.LEAKED, PasswordLeaked(person=person.id, own=person.org))


def is_unchecked(work: Work, person: PersonId) -> bool:
    """Whether the list has yet to be asked about this person's password (front door)."""
    return marks.find(work, person) is Mark.UNCHECKED


def must_choose(work: Work, person: PersonId) -> bool:
    """Whether this person's password leaked and must be changed before going on (front door)."""
    return marks.find(work, person) is Mark.LEAKED
