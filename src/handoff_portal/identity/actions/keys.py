"""The portal's own keys: made once, loaded at every start, wrapped anew when the master key changes."""

from dataclasses import dataclass
from typing import ClassVar

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import OrgId
from handoff_portal.identity.store import keys


@dataclass(frozen=True, kw_only=True)
class KeyRewrapped(Event):
    """A key was wrapped anew under the active master key; what it protects was not touched."""

    action: ClassVar[Action] = Action.KEYS_ROTATED
    organisation: OrgId | None = None
    purpose: Code | None = None


def ensure_system_keys(work: Work) -> None:
    """Make the system keys that do not exist yet and load all of them (worker's door)."""
    known = keys.list_wrapped(work)
    wanted = [purpose for purpose in SystemKey if purpose not in known]
    missing = {purpose.value: work.vault.new_system_key(purpose) for purpose in wanted}
    keys.add_missing(work, missing)
    load_system_keys(work)


def load_system_keys(work: Work) -> None:
    """Unwrap the system keys for this process. Raises Unavailable."""
    work.vault.load_system_keys(keys.list_wrapped(work))


def rewrap_all(database: Database) -> int:
    """Wrap every system and organisation key under the active master key, one work each.

    Returns:
        How many keys were wrapped anew.
    """
    with database.worker() as work:
        system = keys.list_wrapped(work)
        organisations = keys.list_organisation_keys(work)
    for purpose, old in system.items():
        new = database.vault.rewrap_system_key(SystemKey(purpose), old)
        with database.worker() as work:
            keys.replace_system(work, purpose, old, new, KeyRewrapped(purpose=Code(purpose)))
    for org, version, old in organisations:
        new = database.vault.rewrap_org_key(org, old)
        with database.worker() as work:
            keys.replace_organisation(work, org, version, old, new, KeyRewrapped(organisation=org))
    return len(system) + len(organisations)
