"""The supervisor: children start and end together and say why."""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from handoff_portal.adapters.processes import ProcessError, Processes, Program, require_free_port

_SUPERVISOR = """
import os, sys
from handoff_portal.adapters.processes import Processes, ProcessError, Program
commands = [command.split("|") for command in sys.argv[1:]]
try:
    with Processes(sys.stdout) as processes:
        for number, command in enumerate(commands):
            name = f"child{number}"
            program = Program(name=name, command=command, environment=dict(os.environ), stop_seconds=1)
            print("pid", processes.start(program), flush=True)
        processes.wait()
except ProcessError as error:
    sys.exit(str(error))
print("stopped", flush=True)
"""

_SLEEPER = f"{sys.executable}|-uc|print('up'); import time; time.sleep(60)"
_STUBBORN = (
    f"{sys.executable}|-uc|import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up'); time.sleep(60)"
)
_POLITE = (
    f"{sys.executable}|-uc|import signal, sys, time; "
    "signal.signal(signal.SIGTERM, lambda *_: (print('goodbye'), sys.exit(0))); print('up'); time.sleep(60)"
)
_FAILS = f"{sys.executable}|-uc|import sys; print('the well is dry'); sys.exit(3)"


def _supervise(*commands: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _SUPERVISOR, *commands],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _read_until_up(supervisor: subprocess.Popen[str], children: int) -> tuple[list[int], list[str]]:
    assert supervisor.stdout is not None
    lines: list[str] = []
    while sum(line.endswith("up\n") for line in lines) < children:
        lines.append(supervisor.stdout.readline())
    return [int(found.group(1)) for line in lines if (found := re.fullmatch(r"pid (\d+)\n", line))], lines


def _all_gone(pids: Sequence[int], within: float = 5.0) -> bool:
    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _program(name: str, command: str) -> Program:
    return Program(name=name, command=command.split("|"), environment=dict(os.environ), stop_seconds=2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_parent_stops_every_child(number: signal.Signals) -> None:
    supervisor = _supervise(_POLITE, _SLEEPER)
    pids, _ = _read_until_up(supervisor, 2)
    supervisor.send_signal(number)
    said, complaint = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 0, complaint
    assert "goodbye" in said
    assert said.endswith("stopped\n")
    assert _all_gone(pids)


def test_ctrl_c_in_a_terminal_reaches_only_the_parent_which_stops_the_children_in_turn() -> None:
    supervisor = _supervise(_POLITE, _POLITE)
    _read_until_up(supervisor, 2)
    os.killpg(supervisor.pid, signal.SIGINT)
    said, _ = supervisor.communicate(timeout=20)
    farewells = re.findall(r"(child\d) +goodbye", said)
    assert farewells == ["child1", "child0"]


def test_a_child_that_will_not_stop_is_killed_in_time() -> None:
    supervisor = _supervise(_STUBBORN)
    pids, _ = _read_until_up(supervisor, 1)
    began = time.monotonic()
    supervisor.send_signal(signal.SIGINT)
    said, _ = supervisor.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert "child0 took longer than 1 s and was killed" in said
    assert _all_gone(pids)


def test_a_child_that_ends_stops_all_with_its_last_words_and_a_failing_code() -> None:
    supervisor = _supervise(_SLEEPER, _FAILS)
    said, complaint = supervisor.communicate(timeout=20)
    pids = [int(pid) for pid in re.findall(r"pid (\d+)", said)]
    assert supervisor.returncode == 1
    assert "child1 ended by itself (exit code 3)" in complaint
    assert "the well is dry" in complaint
    assert _all_gone(pids)


def test_a_killed_child_is_noticed_even_if_its_own_child_keeps_the_output_open() -> None:
    parent_of_one = (
        f"{sys.executable}|-uc|import subprocess; "
        "child = subprocess.Popen(['sleep', '60']); print('up'); child.wait()"
    )
    supervisor = _supervise(parent_of_one)
    pids, _ = _read_until_up(supervisor, 1)
    os.kill(pids[0], signal.SIGKILL)
    _, complaint = supervisor.communicate(timeout=20)
    assert "signal SIGKILL" in complaint
    assert supervisor.returncode == 1


def test_children_end_with_a_killed_parent() -> None:
    supervisor = _supervise(_SLEEPER, _SLEEPER)
    pids, _ = _read_until_up(supervisor, 2)
    supervisor.kill()
    supervisor.communicate(timeout=20)
    assert _all_gone(pids)


def test_a_free_port_is_fine_and_a_busy_one_is_told_with_the_mend() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ProcessError, match=rf"Port {port} is in use. Choose another with --port."):
            require_free_port(port)
    require_free_port(port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_does_not_exist_is_told(port: int) -> None:
    with pytest.raises(ProcessError, match=r"from 1 to 65535 with --port"):
        require_free_port(port)


def test_waiting_for_a_listener_ends_when_the_server_ends_first() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        with Processes(io.StringIO()) as processes:
            processes.start(_program("web", _FAILS))
            with pytest.raises(ProcessError, match=r"web ended by itself \(exit code 3\)"):
                processes.wait_until_listening(port)


def test_waiting_for_a_listener_returns_once_it_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = f"{sys.executable}|-um|http.server|--bind|127.0.0.1|{port}"
    with Processes(io.StringIO()) as processes:
        processes.start(_program("web", serve))
        assert processes.wait_until_listening(port)
