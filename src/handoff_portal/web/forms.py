"""The form of a request. Its reading is pure: `core.forms`, so that drafts are read by the same rules."""

from handoff_portal.core.forms import Form

__all__ = ["Form"]
