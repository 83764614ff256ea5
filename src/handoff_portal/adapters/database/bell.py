"""Alarms ring once: the same event at most once an hour, and never so many that they flood the log."""

import threading
from datetime import datetime, timedelta

from handoff_portal.core.events import Event

PAUSE = timedelta(hours=1)
MOST = 60
"""Alarms that one process writes within the pause."""


class Bell:
    """What one process has rung for lately."""

    def __init__(self) -> None:
        self._rung: dict[Event, datetime] = {}
        self._lock = threading.Lock()

    def may_ring(self, event: Event, now: datetime) -> bool:
        """Whether this event is due; if so, it counts as rung."""
        with self._lock:
            self._rung = {known: at for known, at in self._rung.items() if abs(now - at) < PAUSE}
            if event in self._rung or len(self._rung) >= MOST:
                return False
            self._rung[event] = now
            return True
