"""The embedded PostgreSQL: starts, stops, resumes, and says what is wrong with a folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from handoff_portal.adapters.postgres import LOGIN_ROLES, EmbeddedPostgres, EmbeddedPostgresError

_KEEPER = """
import sys, time
from pathlib import Path
from handoff_portal.adapters.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print("ready", flush=True)
time.sleep(120)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server with the portal's roles and its database."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("pg") / "data", durable=False) as running:
        running.create_roles()
        running.create_database("portal")
        yield running


def _connect(server: EmbeddedPostgres, role: str, database: str = "portal") -> psycopg.Connection:
    return psycopg.connect(server.url(role, database).replace("+psycopg", ""), autocommit=True)


def _a_keeper(folder: Path) -> subprocess.Popen[str]:
    keeper = subprocess.Popen([sys.executable, "-c", _KEEPER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "ready\n"
    return keeper


def _end(keeper: subprocess.Popen[str]) -> None:
    keeper.kill()
    keeper.communicate(timeout=20)


def _postmaster_of(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])


def _is_gone(pid: int, within: float = 15.0) -> bool:
    give_up = time.monotonic() + within
    while time.monotonic() < give_up:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_it_is_reachable_only_through_a_private_socket(server: EmbeddedPostgres) -> None:
    with server.administrator() as connection:
        shown = connection.execute("select current_setting('listen_addresses')").fetchone()
    assert shown == ("",)
    assert server.data_dir.stat().st_mode & 0o077 == 0


def test_what_is_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder) as first, first.administrator() as connection:
        connection.execute("create table kept as select 7 as seven")
    assert not (folder / "postmaster.pid").exists()
    with EmbeddedPostgres(folder) as second, second.administrator() as connection:
        assert connection.execute("select seven from kept").fetchone() == (7,)


def test_the_demo_database_is_durable(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data") as server, server.administrator() as connection:
        shown = connection.execute(
            "select current_setting('fsync'), current_setting('synchronous_commit'), "
            "current_setting('full_page_writes')"
        ).fetchone()
    assert shown == ("on", "on", "on")


def test_two_servers_of_two_folders_run_side_by_side(server: EmbeddedPostgres, tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "other", durable=False) as other, other.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        with server.administrator() as first:
            assert first.execute("select 1").fetchone() == (1,)


def test_the_server_ends_with_a_killed_parent_and_the_next_start_resumes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    keeper = _a_keeper(folder)
    postmaster = _postmaster_of(folder)
    _end(keeper)
    with EmbeddedPostgres(folder) as resumed, resumed.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert _is_gone(postmaster)


def test_a_killed_server_recovers_what_was_committed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder) as first:
        with first.administrator() as connection:
            connection.execute("create table kept as select 7 as seven")
        os.kill(_postmaster_of(folder), signal.SIGKILL)
    with EmbeddedPostgres(folder) as second, second.administrator() as connection:
        assert connection.execute("select seven from kept").fetchone() == (7,)


def test_a_stale_process_file_of_a_reused_number_does_not_hinder_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder):
        written = (folder / "postmaster.pid").read_text(encoding="utf-8")
    rest = written.split("\n", 1)[1]
    (folder / "postmaster.pid").write_text(f"{os.getppid()}\n{rest}", encoding="utf-8")
    with EmbeddedPostgres(folder) as server, server.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_second_start_names_the_process_that_holds_the_folder(tmp_path: Path) -> None:
    keeper = _a_keeper(tmp_path / "data")
    try:
        with pytest.raises(
            EmbeddedPostgresError, match=rf"Process {keeper.pid} already runs.*kill {keeper.pid}"
        ):
            EmbeddedPostgres(tmp_path / "data").start()
    finally:
        _end(keeper)


def test_a_command_beside_the_demo_attaches_and_leaves_the_server_running(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder) as owner:
        keeper_side = EmbeddedPostgres(folder)
        keeper_side.start(attach=True)
        assert keeper_side.attached
        keeper_side.stop()
        with owner.administrator() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_half_initialised_folder_is_told_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "data" / "base").mkdir(parents=True)
    with pytest.raises(EmbeddedPostgresError, match=r"half-initialised.*rm -r .*/data"):
        EmbeddedPostgres(tmp_path / "data").start()


def test_a_folder_of_a_crashed_initdb_is_told_as_half_initialised(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("18\n", encoding="ascii")
    with pytest.raises(EmbeddedPostgresError, match="half-initialised"):
        EmbeddedPostgres(folder).start()


def test_what_an_interrupted_first_start_left_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / ".data.new-k3x9"
    left.mkdir()
    (left / "PG_VERSION").write_text("18\n", encoding="ascii")
    with EmbeddedPostgres(tmp_path / "data", durable=False) as server, server.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not left.exists()


def test_a_first_start_that_is_killed_can_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for milliseconds in (80, 200, 300):
        starter = subprocess.Popen([sys.executable, "-c", _KEEPER, str(folder)], stdout=subprocess.DEVNULL)
        time.sleep(0.2 + milliseconds / 1000)
        starter.kill()
        starter.wait(timeout=20)
    with EmbeddedPostgres(folder, durable=False) as server, server.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_folder_of_another_major_version_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "global").mkdir(parents=True)
    (folder / "global" / "pg_control").write_bytes(b"")
    (folder / "PG_VERSION").write_text("15\n", encoding="ascii")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 15.*brings PostgreSQL 18"):
        EmbeddedPostgres(folder).start()


def test_a_place_that_cannot_be_written_is_told() -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"cannot be written.*Choose another data folder"):
        EmbeddedPostgres(Path("/proc/handoff/data")).start()


def test_a_setting_that_postgresql_refuses_is_told_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"did not start.*no_such_setting"):
        EmbeddedPostgres(tmp_path / "data", durable=False, settings={"no_such_setting": "1"}).start()


def test_a_folder_with_a_very_long_path_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 20) / "data"
    with EmbeddedPostgres(folder, durable=False) as server, server.administrator() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_stopping_is_quick_and_may_be_repeated(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", durable=False)
    server.start()
    postmaster = _postmaster_of(server.data_dir)
    with server.administrator():
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 5
    server.stop()
    assert _is_gone(postmaster, within=1)


def test_no_role_of_the_portal_is_above_row_level_security(server: EmbeddedPostgres) -> None:
    with server.administrator() as connection:
        rows = connection.execute(
            "select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreatedb or rolcreaterole "
            "or rolreplication "
            "from pg_roles where rolname like 'handoff%' order by rolname"
        ).fetchall()
    logins = {name: may_sign_in for name, may_sign_in, _ in rows}
    assert logins == {"handoff_definer": False, **dict.fromkeys(LOGIN_ROLES, True)}
    assert not any(above for _, _, above in rows)


def test_roles_that_were_given_too_much_are_refused(server: EmbeddedPostgres) -> None:
    with server.administrator() as connection:
        connection.execute("alter role handoff_app bypassrls")
        try:
            with pytest.raises(psycopg.errors.RaiseException, match="may not be superuser"):
                server.create_roles()
        finally:
            connection.execute("alter role handoff_app nobypassrls")
    server.create_roles()


def test_the_owner_can_hand_functions_to_the_definer(server: EmbeddedPostgres) -> None:
    with _connect(server, "handoff_owner") as owner:
        owner.execute("create function one() returns int language sql security definer as 'select 1'")
        owner.execute("alter function one() owner to handoff_definer")
        owner.execute("grant execute on function one() to handoff_app")
    with _connect(server, "handoff_app") as app:
        assert app.execute("select one()").fetchone() == (1,)


@pytest.mark.parametrize("role", [role for role in LOGIN_ROLES if role != "handoff_owner"])
def test_only_the_owner_makes_tables(server: EmbeddedPostgres, role: str) -> None:
    with _connect(server, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table public.sneaky (a int)")
    with _connect(server, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create temporary table sneaky (a int)")


def test_a_database_can_be_copied_from_a_template(server: EmbeddedPostgres) -> None:
    server.create_database("pattern")
    with _connect(server, "handoff_owner", "pattern") as owner:
        owner.execute("create table kept as select 7 as seven")
    server.create_database("copy", template="pattern")
    engine = sqlalchemy.create_engine(server.url("handoff_owner", "copy"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select seven from kept").scalar() == 7
    engine.dispose()
    server.drop_database("copy")
    assert not server.has_database("copy")
