"""Handoff Portal: overdue accounts go to licensed agencies, sealed, logged, with respect for the customer."""

import zoneinfo

zoneinfo.reset_tzpath(())  # time zones come from the tzdata package alone: the system's may be years old
