"""The portal's own keys: made once, loaded at every start."""

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.identity.store import keys


def ensure_system_keys(work: Work) -> None:
    """Make the system keys that do not exist yet and load all of them (worker's door)."""
    known = keys.list_wrapped(work)
    missing = {
        purpose.value: work.vault.new_system_key(purpose) for purpose in SystemKey if purpose not in known
    }
    keys.add_missing(work, missing)
    work.vault.load_system_keys(keys.list_wrapped(work))
