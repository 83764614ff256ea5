"""Disks that fill, processes that die, services that refuse, hang or break off: nothing half is ever seen."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from aws_server import free_port
from handoff_portal.adapters.objects import ObjectStore
from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.adapters.objects.s3 import PART_BYTES, S3Store
from handoff_portal.core.refusals import Unavailable

UPLOADING = """
import sys
from pathlib import Path
from handoff_portal.adapters.objects.files import FileStore
upload = FileStore(Path(sys.argv[1])).begin("ab/cd")
while True:
    upload.write(bytes(100_000))
    print("written", flush=True)
"""


def test_an_upload_killed_in_the_middle_leaves_nothing_visible(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", UPLOADING, str(tmp_path)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        for _ in range(20):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
    store = FileStore(tmp_path)
    assert list(store.list("")) == []
    assert store.size("ab/cd") is None
    (orphan,) = store.orphans(time.time() + 60)
    store.reap(orphan)
    assert list((tmp_path / ".unfinished").iterdir()) == []


COMMITTING = """
import sys
from pathlib import Path
from handoff_portal.adapters.objects.files import FileStore
store = FileStore(Path(sys.argv[1]))
number = 0
while True:
    with store.begin(f"k/{number}") as upload:
        upload.write(bytes([number % 256]) * 50_000)
        upload.write(bytes([number % 256]) * 50_000)
        upload.commit()
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("delay", [0.01, 0.03, 0.07, 0.11])
def test_whatever_a_killed_process_had_committed_is_whole(tmp_path: Path, delay: float) -> None:
    child = subprocess.Popen([sys.executable, "-c", COMMITTING, str(tmp_path)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        os.kill(child.pid, signal.SIGKILL)
        said = [0, *(int(line) for line in child.stdout.read().split())]
    store = FileStore(tmp_path)
    seen = list(store.list(""))
    assert {f"k/{number}" for number in said} <= set(seen)
    for key in seen:
        number = int(key.removeprefix("k/"))
        assert b"".join(store.read(key)) == bytes([number % 256]) * 100_000


def test_a_full_disk_is_unavailable_and_leaves_nothing(tmp_path: Path) -> None:
    script = UPLOADING.replace(
        "while True:",
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\nwhile True:",
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=False)
    assert done.stdout.count(b"written") == 5
    assert b"Unavailable: The document store is not answering" in done.stderr
    assert list(FileStore(tmp_path).list("")) == []


Answer = Callable[[socket.socket], None]


@contextmanager
def service(answer: Answer) -> Iterator[str]:
    """A server whose every connection is answered by `answer`, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=_serve, args=(connection,), daemon=True).start()

        def _serve(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                answer(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def hang(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


def never_read(_: socket.socket) -> None:
    time.sleep(30)


def break_off(connection: socket.socket) -> None:
    connection.recv(100)


def unwell(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def stop_in_the_body(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\n\r\nonly this")


def hang_in_the_body(connection: socket.socket) -> None:
    stop_in_the_body(connection)
    time.sleep(30)


def upload(length: int) -> Callable[[ObjectStore], None]:
    def run(store: ObjectStore) -> None:
        with store.begin("ab/cd") as begun:
            begun.write(bytes(length))
            begun.commit()

    return run


def read(store: ObjectStore) -> None:
    list(store.read("ab/cd"))


WAYS: list[Callable[[ObjectStore], object]] = [
    upload(100),
    upload(PART_BYTES + 1),
    lambda store: store.put_if_absent("k", b"x"),
    read,
    lambda store: store.size("k"),
    lambda store: store.delete("k"),
    lambda store: list(store.list("")),
    lambda store: list(store.orphans(0)),
    lambda store: store.check(),
]


def test_a_folder_that_is_gone_is_unavailable_and_not_empty(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "objects")
    (tmp_path / "objects").rename(tmp_path / "not-mounted")
    for use in WAYS:
        with pytest.raises(Unavailable):
            use(store)


def unavailable_within_ten_seconds(store: ObjectStore, use: Callable[[ObjectStore], object]) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        use(store)
    assert time.monotonic() - started < 10


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("answer", [unwell, break_off])
@pytest.mark.parametrize("use", WAYS)
def test_a_service_that_is_unwell_is_unavailable(
    answer: Answer, use: Callable[[ObjectStore], object]
) -> None:
    with service(answer) as endpoint:
        unavailable_within_ten_seconds(S3Store("bucket", "", endpoint), use)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("use", WAYS)
def test_a_service_that_is_not_there_is_unavailable(use: Callable[[ObjectStore], object]) -> None:
    unavailable_within_ten_seconds(S3Store("bucket", "", f"http://127.0.0.1:{free_port()}"), use)


@pytest.mark.usefixtures("aws")
def test_a_service_that_hangs_is_unavailable_within_ten_seconds() -> None:
    uses = (upload(PART_BYTES), upload(PART_BYTES + 1), read)
    with service(hang) as one, service(never_read) as another, ThreadPoolExecutor(6) as together:
        stores = [S3Store("bucket", "", endpoint) for endpoint in (one, another)]
        waits = [
            together.submit(unavailable_within_ten_seconds, store, use) for store in stores for use in uses
        ]
        for wait in waits:
            wait.result()


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("answer", [stop_in_the_body, hang_in_the_body])
def test_a_service_that_stops_in_the_middle_of_an_object_is_unavailable(answer: Answer) -> None:
    with service(answer) as endpoint:
        unavailable_within_ten_seconds(S3Store("bucket", "", endpoint), read)


@pytest.mark.parametrize("ending", ["cut", "stalled"])
def test_a_service_that_goes_away_between_two_parts_leaves_nothing_visible(
    aws: str, bucket: str, ending: str
) -> None:
    with relay(aws) as (endpoint, go_away):

        def in_two_parts(store: ObjectStore) -> None:
            with store.begin("ab/cd") as begun:
                begun.write(bytes(PART_BYTES + 1))
                go_away(ending)
                begun.write(bytes(PART_BYTES))
                begun.commit()

        unavailable_within_ten_seconds(S3Store(bucket, "", endpoint), in_two_parts)
    store = S3Store(bucket, "", aws)
    assert not store.exists("ab/cd")
    (orphan,) = store.orphans(time.time() + 60)
    store.reap(orphan)
    upload(PART_BYTES + 1)(store)
    assert store.size("ab/cd") == PART_BYTES + 1


@contextmanager
def relay(target: str) -> Iterator[tuple[str, Callable[[str], None]]]:
    """Pass every connection on to `target` until told to cut them all off, or to let them all stall."""
    host, _, port = target.removeprefix("http://").partition(":")
    endings, open_ones = set[str](), set[socket.socket]()

    def pass_on(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if "stalled" not in endings:
                    sink.sendall(data)

    def answer(connection: socket.socket) -> None:
        if "cut" in endings:
            return
        with socket.create_connection((host, int(port))) as onward:
            open_ones.update((connection, onward))
            threading.Thread(target=pass_on, args=(onward, connection), daemon=True).start()
            pass_on(connection, onward)

    def go_away(ending: str) -> None:
        endings.add(ending)
        for one in open_ones if ending == "cut" else ():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    with service(answer) as endpoint:
        yield endpoint, go_away
