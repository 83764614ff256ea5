"""A witness watches a running portal by command, and its cosignature comes back in exports."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cli.running import House, command
from handoff_builders import a_held_case
from handoff_portal.app import build_portal
from handoff_portal.settings import read
from served import served


@dataclass(frozen=True)
class Watched:
    """A served portal that knows a witness.

    Attributes:
        address: Of the portal.
        folder: Of the witness.
        vkeys: Of the log and of the witness.
    """

    house: House
    address: str
    folder: Path
    vkeys: tuple[str, str]

    def grow(self) -> Path:
        """Write some events and export the whole log, which signs it."""
        portal = build_portal(read(self.house.environment))
        a_held_case(portal)
        portal.database.close()
        path = self.folder / "log.zip"
        self.house.run("audit", "export", str(path))
        return path

    def cosign(self, source: str, *words: str) -> tuple[int, str, str]:
        """Exit code, output and errors."""
        files = ["--state", str(self.folder / "state"), "--key", str(self.folder / "key")]
        ran = command("audit", "witness", "cosign", source, *files, *words)
        return ran.exit_code, ran.stdout, ran.stderr


@pytest.fixture(scope="module")
def watched(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("witness")
    made = command("audit", "witness", "keygen", str(folder / "key"), "--name", "agency.example/w1")
    witness = made.stdout.strip()
    knowing = House(house.environment | {"HANDOFF_WITNESSES": witness})
    log = json.loads(knowing.run("audit", "export", str(folder / "first.zip"), "--json"))["vkey"]
    with served(knowing.environment) as server:
        yield Watched(knowing, f"http://127.0.0.1:{server.port}", folder, (log, witness))


def test_a_witness_follows_a_portal_and_its_cosignature_is_in_the_next_export(watched: Watched) -> None:
    log, witness = watched.vkeys
    watched.grow()
    code, _, errors = watched.cosign(watched.address)
    assert (code, "--vkey" in errors) == (1, True)
    code, out, errors = watched.cosign(watched.address + "/audit/how", "--vkey", log, "--submit")
    assert code == 0, errors
    assert "agency.example/w1" in out
    assert "kept: agency.example/w1" in errors
    bundle = watched.grow()
    whole = command("audit", "verify", str(bundle), "--vkey", log, "--witness", witness, "--json")
    assert (whole.exit_code, json.loads(whole.stdout)["problem"]) == (0, "")
    other = command("audit", "witness", "keygen", str(watched.folder / "other"), "--name", "x").stdout.strip()
    assert command("audit", "verify", str(bundle), "--vkey", log, "--witness", other).exit_code == 3
    code, out, _ = watched.cosign(watched.address, "--json")
    told = json.loads(out)
    assert (code, told["before"] < told["size"]) == (0, True)


def test_a_witness_reads_exports_too_and_brings_its_line_back_later(watched: Watched) -> None:
    bundle = watched.grow()
    signed = watched.folder / "signed.txt"
    code, out, errors = watched.cosign(str(bundle), "--vkey", watched.vkeys[0], "--out", str(signed))
    assert (code, out) == (0, ""), errors
    ran = command("audit", "witness", "submit", watched.address, str(signed))
    assert ran.stdout.startswith("kept: agency.example/w1")
    shown = httpx.get(f"{watched.address}/audit/log/checkpoint")
    assert shown.text == signed.read_text(encoding="utf-8")
    assert shown.headers["Content-Type"].startswith("text/plain")


def test_a_rolled_back_log_is_a_fork_with_exit_code_2(watched: Watched) -> None:
    first = watched.folder / "first.zip"
    bundle = watched.grow()
    assert watched.cosign(str(bundle), "--vkey", watched.vkeys[0])[0] == 0
    code, out, errors = watched.cosign(str(first))
    assert (code, out) == (2, "")
    assert errors.startswith("FORK: the log has")


def test_mistakes_are_one_line(watched: Watched) -> None:
    for source in ("http://portal.example", "http://127.0.0.1:9", str(watched.folder / "none.zip")):
        code, _, errors = watched.cosign(source, "--vkey", watched.vkeys[0])
        assert (code, errors.count("\n")) == (1, 1), errors
    assert watched.cosign("log.zip", "--submit")[0] == 2
    key = str(watched.folder / "key")
    assert "never overwritten" in command("audit", "witness", "keygen", key, "--name", "x").stderr
    ran = command("audit", "witness", "submit", watched.address, key)
    assert (ran.exit_code, "422" in ran.stderr) == (1, True)
