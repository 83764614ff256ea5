"""`python -m handoff_portal.cli`, for processes that the demo starts."""

from handoff_portal.cli import main

main()
