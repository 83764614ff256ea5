"""Whether an address is known here cannot be told from how long the answer takes."""

import os
import statistics
import time
from collections.abc import Callable

import pytest

from handoff_portal.web.portal import Portal
from identity.walks import Browsing, Clock, somebody

Open = Callable[..., Browsing]
SOAK = bool(os.environ.get("HANDOFF_SOAK"))
ROUNDS = 1000 if SOAK else 12


@pytest.mark.soak
def test_known_and_unknown_addresses_take_equally_long(house: Portal, browsing: Open, clock: Clock) -> None:
    who = somebody(house)
    browser = browsing()
    took: dict[str, list[float]] = {who.email: [], "walker@nowhere.example": []}
    order = list(took.items())
    for _ in range(ROUNDS):
        order.reverse()
        for email, times in order:
            clock.pass_time(minutes=5)
            browser.get("/sign-in")
            begun = time.perf_counter()
            status = browser.post("/sign-in", email=email, password="not the password").status_code
            times.append(time.perf_counter() - begun)
            assert status == 422
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < max(known, unknown) * (0.03 if SOAK else 0.4)
    if SOAK:
        assert smirnov(*took.values()) < 1.63 * (2 / ROUNDS) ** 0.5


def smirnov(one: list[float], other: list[float]) -> float:
    """Largest distance of the two empirical distributions (Kolmogorov-Smirnov); 1.63 · √(2/n) is p = 0.01."""
    return max(
        abs(sum(t <= at for t in one) / len(one) - sum(t <= at for t in other) / len(other))
        for at in (*one, *other)
    )
