"""How fast a document streams in, sealed, against the same server writing it in clear; in how much memory."""

from collections.abc import Callable
from pathlib import Path

from bench import plain_upload
from bench.figures import Aim, Figure, in_turn
from bench.scale import Scale
from bench.sending import Parcel, send
from bench.serving import Served, served
from bench.world import SignedIn, a_person, a_portal, a_world, an_organisation
from handoff_portal.cases.actions import cases
from handoff_portal.core.permissions import OrgKind

_MOST_GROWTH = 64.0
_MIB = 1024**2


def measure(scale: Scale) -> dict[str, Figure]:
    """MB/s of repeated files and of a large one, and the peak of the server's memory during the latter."""
    with a_world() as world:
        environment = world.new_database("uploads")
        with a_portal(environment) as portal:
            person = a_person(portal, an_organisation(portal, OrgKind.BUSINESS, "Calder Rowe"))
            with portal.database.work(person.actor) as work:
                case = cases.start_draft(work)
        sealed, clear = world.folder / "objects" / "uploads", world.folder / "clear"
        clear.mkdir()
        with (
            served("handoff_portal.app:create", environment) as real,
            served("bench.plain_upload:create", {plain_upload.FOLDER: str(clear)}) as plain,
        ):
            rest = [server.memory("VmRSS") for server in (real, plain)]
            ours = _sender(real, f"/cases/{case.id}/documents", _headers(person), sealed)
            bare = _sender(plain, "/", {}, clear)
            found = in_turn(
                scale.rounds, {"ours": lambda: ours(scale.file_bytes), "bare": lambda: bare(scale.file_bytes)}
            )
            return {
                "upload": _repeated(scale, found["ours"], found["bare"]),
                **_large(scale, (real, ours), (plain, bare), rest),
            }


def _repeated(scale: Scale, values: list[float], against: list[float]) -> Figure:
    return Figure(
        unit="MB/s",
        values=values,
        what="one document through the real route: streamed, sealed, hashed, forced to the disk, logged",
        against=against,
        against_what="the same server writing the body in clear and forcing it to the disk",
        aim=Aim("ratio", at_least=0.7),
        more={"bytes": scale.file_bytes},
    )


def _large(
    scale: Scale,
    ours: tuple[Served, Callable[[int], float]],
    bare: tuple[Served, Callable[[int], float]],
    rest: list[float],
) -> dict[str, Figure]:
    rates, peaks = [], []
    for server, upload in (ours, bare):
        server.forget_peak()
        rates.append(upload(scale.large_file_bytes))
        peaks.append(server.memory("VmHWM"))
    rate = Figure(
        unit="MB/s",
        values=rates[:1],
        what="one large document through the real route, once",
        against=rates[1:],
        against_what="the same server writing the body in clear",
        more={"bytes": scale.large_file_bytes},
    )
    memory = Figure(
        unit="MiB",
        values=[peaks[0] - rest[0]],
        what="most memory of the worker during that document above what it had before any request",
        aim=Aim("value", at_most=_MOST_GROWTH),
        more={
            "peak": round(peaks[0], 1),
            "at_rest": round(rest[0], 1),
            "growth_of_plain_server": round(peaks[1] - rest[1], 1),
        },
    )
    return {"upload_large": rate, "upload_memory": memory}


def _sender(server: Served, path: str, headers: dict[str, str], folder: Path) -> Callable[[int], float]:
    """What sends a file of some bytes, gives MB/s and clears the folder again."""

    def upload(size: int) -> float:
        seconds = send(Parcel(server.port, path, headers, size))
        for file in (one for one in folder.rglob("*") if one.is_file()):
            file.unlink()
        return size / 1e6 / seconds

    return upload


def _headers(person: SignedIn) -> dict[str, str]:
    return {**person.headers, "X-File-Name": "scan.pdf", "Content-Type": "application/octet-stream"}
