"""The data folder of the embedded PostgreSQL: is it fit to start, and whose is it."""

import errno
import fcntl
import glob
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from handoff_portal.adapters.tethered import Account

_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 104 bytes on macOS and 108 on Linux, with the closing zero
_OTHERS_MAY_PASS = stat.S_IXOTH
_OTHERS_MAY_READ = stat.S_IROTH


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot start or stop; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says about the server of a folder: process id and state ("ready", "stopping"…)."""

    pid: int
    state: str


def require_fit(folder: Path, major: int) -> bool:
    """Return whether `folder` holds a whole database of version `major`; False means it is still to be made.

    Raises EmbeddedPostgresError for a folder that holds something else.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    if not folder.is_dir():
        raise EmbeddedPostgresError(f"{folder} is a file. Choose a folder for the database.")
    version = folder / "PG_VERSION"
    if not version.is_file() or not (folder / "global" / "pg_control").is_file():
        raise EmbeddedPostgresError(
            f"{folder} is half-initialised: it holds files but no whole database. "
            f"Move it away or remove it (rm -r {folder}), then start again.",
        )
    found = version.read_text(encoding="ascii").strip()
    if found != str(major):
        raise EmbeddedPostgresError(
            f"{folder} was made by PostgreSQL {found}, this program brings PostgreSQL {major}. "
            f"Choose another folder, or carry the data over with pg_dump of version {found}.",
        )
    return True


def read_postmaster(folder: Path) -> Postmaster | None:
    """Return the live server of `folder`, or None; a stale postmaster.pid counts as none."""
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    state = lines[7].strip() if len(lines) > 7 else "starting"  # noqa: PLR2004 - line 8 is the state
    return Postmaster(pid, state) if _is_postgres(pid) else None


def _is_postgres(pid: int) -> bool:
    """Return whether `pid` lives and, where /proc can tell, is a postgres and not a reused number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives and belongs to another user
    name = Path(f"/proc/{pid}/comm")
    return not name.exists() or name.read_text(encoding="utf-8").strip() == "postgres"


def lock(folder: Path) -> IO[str]:
    """Return the held lock that makes this process the owner of `folder`; the kernel frees it at any death.

    Raises BlockingIOError when another live process owns the folder, EmbeddedPostgresError when the parent
    folder cannot be written.
    """
    path = folder.with_name(f".{folder.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        held = path.open("a+", encoding="ascii")
    except OSError as error:
        raise not_writable(folder.parent, error) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def owner_of(folder: Path) -> str:
    """Return the process id, as text, that last locked `folder`, or "unknown"."""
    try:
        return folder.with_name(f".{folder.name}.lock").read_text(encoding="ascii") or "unknown"
    except OSError:
        return "unknown"


def not_writable(folder: Path, error: OSError) -> EmbeddedPostgresError:
    """Return the error that says why nothing can be written in `folder`."""
    if error.errno == errno.ENOSPC:
        return EmbeddedPostgresError(f"The disk of {folder} is full. Free some space, then start again.")
    return EmbeddedPostgresError(
        f"{folder} cannot be written ({error.strerror}). Choose another data folder or mend its permissions.",
    )


def account_for(folder: Path) -> Account | None:
    """Return who the server must run as: None for the user of this process.

    PostgreSQL refuses to run as root, so root's server runs as the folder's owner, or as "nobody" if new.
    Raises EmbeddedPostgresError when the folder belongs to somebody else.
    """
    owner = folder.stat() if folder.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{folder} belongs to user number {owner.st_uid}, not to you. "
                "Start as that user or choose another data folder.",
            )
        return None
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def let_through(folder: Path) -> list[Path]:
    """Let other users pass through (not list) `folder` and its parents; return the folders that were changed.

    Needed by root only: its server runs as another user, who could not reach a folder below /root.
    """
    changed = []
    for step in (folder, *folder.parents):
        mode = stat.S_IMODE(step.stat().st_mode)
        if not mode & _OTHERS_MAY_PASS:
            step.chmod(mode | _OTHERS_MAY_PASS)
            changed.append(step)
    return changed


def let_read(tree: Path) -> None:
    """Let other users read and run the server's programs; does nothing when they already can."""
    if (tree / "bin" / "postgres").stat().st_mode & _OTHERS_MAY_PASS:
        return
    for path in (tree, *tree.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        runs = _OTHERS_MAY_PASS if mode & stat.S_IXUSR else 0
        path.chmod(mode | _OTHERS_MAY_READ | runs)


def socket_folder(folder: Path, account: Account | None) -> Path:
    """Return a private folder for the socket: the data folder, or a short one where its path is too long.

    Raises EmbeddedPostgresError when the short folder exists and is not ours alone.
    """
    if len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT:
        return folder
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"handoff-portal-{uid}-{name}"
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        found = short.lstat()
        if found.st_uid != uid or not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004
            raise EmbeddedPostgresError(f"{short} is not this program's own folder. Remove it.") from None
    else:
        os.chown(short, uid, gid)
    return short


def fresh_beside(folder: Path, account: Account | None) -> Path:
    """Return an empty folder beside `folder` in which a database is made before it gets its real name.

    So a crash never leaves a half-made `folder`; what an earlier crash left beside it is removed. The name is
    new each time: an initdb that is just dying clears its own folder, not this one.
    Raises EmbeddedPostgresError when nothing can be written there.
    """
    start = f".{folder.name}.new-"
    try:
        for left in folder.parent.glob(f"{glob.escape(start)}*"):
            shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=start, dir=folder.parent))
        if account:
            os.chown(fresh, account.uid, account.gid)
    except OSError as error:
        raise not_writable(folder.parent, error) from error
    return fresh
