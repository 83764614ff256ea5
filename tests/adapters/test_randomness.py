"""Random bytes drawn some at a time: none twice, not in another thread and not in a forked process."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from handoff_portal.adapters.clock import new_event_id, new_id
from handoff_portal.adapters.randomness import draw

_RANDOM, _TIME_ORDERED = 4, 7


def test_nothing_is_drawn_twice_in_any_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(draw, [16, 24] * 2000))
    assert len(set(drawn)) == len(drawn)
    assert {len(one) for one in drawn} == {16, 24}


def test_a_forked_process_draws_its_own() -> None:
    draw(16)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, draw(32))
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    theirs = os.read(reading, 32)
    os.close(reading)
    assert len(theirs) == 32
    assert theirs != draw(32)


def test_ids_are_those_of_rfc_9562_with_the_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(2000)]
    after = time.time_ns() // 1_000_000
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(_TIME_ORDERED, RFC_4122)}
    assert all(before <= one.int >> 80 <= after for one in ids)
    drawn = [bit for bit in range(76) if bit not in {62, 63}]
    assert all({one.int >> bit & 1 for one in ids} == {0, 1} for bit in drawn)


def test_ids_of_events_are_random_throughout() -> None:
    ids = [new_event_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(_RANDOM, RFC_4122)}
    drawn = [bit for bit in range(128) if bit not in {62, 63, 76, 77, 78, 79}]
    assert all({one.int >> bit & 1 for one in ids} == {0, 1} for bit in drawn)
