import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handoff_portal.adapters.parsing.child import Bounds
from handoff_portal.adapters.parsing.sandbox import MIB, Limits, Sandbox, Unreadable
from handoff_portal.adapters.parsing.wire import BadFrame, Wire, pack, unpack
from parsing.probes import PROBE

TESTS = str(Path(__file__).parent.parent)
TIGHT = Limits(Bounds(memory=512 * MIB, cpu_each=1, cpu_life=30), most_in=MIB, most_out=MIB, wall=3.0)


@pytest.fixture
def probe() -> Iterator[Sandbox[str]]:
    with Sandbox(PROBE, limits=TIGHT, paths=(TESTS,)) as sandbox:
        yield sandbox


def reason(answer: str | Unreadable) -> str:
    assert isinstance(answer, Unreadable), answer
    return answer.reason


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (b"end 3", "broke its reader"),
        (b"burn", "takes too long"),
        (b"sleep 9", "takes too long"),
        (b"hoard", "needs too much memory"),
        (b"dive", "nested too deeply"),
        (b"chatter 2000000", "unfolds to more"),
        (b"garble", "could not be read"),
        (b"refuse This is a poem.", "This is a poem."),
        (b"nonsense", "could not be read"),
        (b"echo " + b"x" * MIB, "larger than 1 MiB"),
    ],
)
def test_a_reader_that_misbehaves_gives_one_plain_sentence_and_the_next_input_is_read(
    probe: Sandbox[str], order: bytes, said: str
) -> None:
    answer = reason(probe.parse(order))
    assert said in answer
    assert answer.endswith(".")
    assert probe.parse(b"echo still here") == "still here"


@pytest.mark.parametrize("order", [b"write", b"connect", b"reopen"])
def test_a_reader_can_open_neither_file_nor_socket(probe: Sandbox[str], order: bytes) -> None:
    assert "could not be read" in reason(probe.parse(order))
    assert probe.parse(b"echo on") == "on"


def test_what_a_reader_says_late_is_never_taken_for_the_answer_to_another_input(probe: Sandbox[str]) -> None:
    for number in range(5):
        probe.parse(b"fork")  # both halves answer, where the machine allows two halves
        assert probe.parse(b"echo %d" % number) == str(number)


def test_a_reader_sees_nothing_of_the_environment(probe: Sandbox[str]) -> None:
    seen = probe.parse(b"surroundings")
    assert isinstance(seen, str)
    assert "PATH" not in seen
    assert "HOME" not in seen
    assert " / " in seen


def test_a_reader_is_used_again_while_it_is_well(probe: Sandbox[str]) -> None:
    assert len({probe.parse(b"surroundings") for _ in range(5)}) == 1


def test_a_reader_is_replaced_after_its_share_of_inputs() -> None:
    limits = Limits(TIGHT.bounds, inputs=2)
    with Sandbox(PROBE, limits=limits, paths=(TESTS,)) as probe:
        assert len({probe.parse(b"surroundings") for _ in range(6)}) == 3


def test_a_reader_is_replaced_before_its_life_gets_too_short_for_one_more_input() -> None:
    limits = Limits(Bounds(memory=512 * MIB, cpu_each=10, cpu_life=10))
    with Sandbox(PROBE, limits=limits, paths=(TESTS,)) as probe:
        assert list(probe.parse_all([b"echo a", b"echo b", b"echo c"])) == ["a", "b", "c"]


def test_many_threads_share_a_few_readers(probe: Sandbox[str]) -> None:
    answers: dict[int, str | Unreadable] = {}

    def ask(number: int) -> None:
        answers[number] = probe.parse(b"echo %d" % number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number) for number in range(24)}


def test_a_stalled_reader_is_given_up_at_the_deadline(probe: Sandbox[str]) -> None:
    probe.parse(b"echo warm")
    began = time.monotonic()
    probe.parse(b"sleep 60")
    assert time.monotonic() - began < 8


def test_a_reader_that_cannot_start_says_that_another_try_may_help() -> None:
    with Sandbox(PROBE, limits=TIGHT) as lost:
        answer = lost.parse(b"echo x")
    assert isinstance(answer, Unreadable)
    assert answer.again


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x00\x00\xff{}", pack(Wire(1))[:-1], pack(Wire(1, (b"ab",)))[:-1]]
)
def test_what_is_not_a_frame_is_refused(body: bytes) -> None:
    with pytest.raises(BadFrame):
        unpack(body)


def test_a_frame_comes_back_as_it_went() -> None:
    wire = Wire({"a": [1, None, "ü"]}, (b"", b"\x00\xff", b"x" * 1000))
    assert unpack(pack(wire)) == wire
