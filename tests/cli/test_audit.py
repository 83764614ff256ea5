"""The log by command: exported, verified, checked."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cli.running import House, command
from handoff_builders import a_held_case
from handoff_portal.app import build_portal
from handoff_portal.settings import read


@pytest.fixture(scope="module")
def bundle(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An export of the whole log, and the key it was signed with."""
    portal = build_portal(read(house.environment))
    a_held_case(portal)
    portal.database.close()
    path = tmp_path_factory.mktemp("export") / "log.zip"
    told = json.loads(house.run("audit", "export", str(path), "--json"))
    assert told["entries"] > 10
    return path, told["vkey"]


def verdict(*words: str | Path) -> tuple[int, dict[str, object]]:
    ran = command("audit", "verify", *map(str, words), "--json")
    return ran.exit_code, json.loads(ran.stdout)


def test_a_whole_export_is_verified_without_settings_or_database(bundle: tuple[Path, str]) -> None:
    path, vkey = bundle
    code, told = verdict(path, "--vkey", vkey)
    assert (code, told["ok"], told["problem"]) == (0, True, "")
    assert told["entries"] == told["size"]
    assert command("audit", "verify", str(path), "--vkey", vkey).stdout.startswith("All ")


def test_without_a_key_of_ones_own_the_reader_is_told_what_that_proves(bundle: tuple[Path, str]) -> None:
    ran = command("audit", "verify", str(bundle[0]))
    assert ran.exit_code == 0
    assert "does not say whose log it is" in ran.stderr


def test_one_changed_byte_is_found_with_exit_code_2(bundle: tuple[Path, str], tmp_path: Path) -> None:
    path, vkey = bundle
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 3] ^= 1
    bent = tmp_path / "bent.zip"
    bent.write_bytes(octets)
    code, told = verdict(bent, "--vkey", vkey)
    assert (code, told["ok"]) == (2, False)
    assert told["problem"]


def test_another_logs_key_does_not_verify(bundle: tuple[Path, str]) -> None:
    path, vkey = bundle
    other = vkey[:-4] + ("AAA=" if not vkey.endswith("AAA=") else "BBB=")
    assert verdict(path, "--vkey", other)[0] == 2


def test_what_is_missing_has_exit_code_3(bundle: tuple[Path, str], tmp_path: Path) -> None:
    code, told = verdict(tmp_path / "nowhere.zip")
    assert (code, told["ok"]) == (3, False)
    assert "there is no file" in str(told["problem"])
    cut = tmp_path / "cut.zip"
    cut.write_bytes(bundle[0].read_bytes()[:-1000])
    assert verdict(cut)[0] == 3


@pytest.mark.parametrize("change", ["whole", "bent", "cut"])
def test_the_command_and_the_script_inside_the_export_agree(
    bundle: tuple[Path, str], tmp_path: Path, change: str
) -> None:
    path, vkey = bundle
    octets = bytearray(path.read_bytes())
    if change == "bent":
        octets[len(octets) // 3] ^= 1
    given = tmp_path / "given.zip"
    given.write_bytes(octets[:-1000] if change == "cut" else octets)
    script = tmp_path / "verify.py"
    with zipfile.ZipFile(path) as opened:
        script.write_bytes(opened.read("verify.py"))
    stranger = subprocess.run(
        [sys.executable, "-I", script, given, "--vkey", vkey], capture_output=True, text=True, check=False
    )
    assert stranger.returncode == verdict(given, "--vkey", vkey)[0]


@pytest.mark.usefixtures("bundle")
def test_the_log_in_the_database_is_whole(house: House) -> None:
    told = json.loads(house.run("audit", "check", "--json"))
    assert told["problems"] == []
    assert told["entries"] > 10


def test_a_checkpoint_kept_from_before_is_found_again(
    house: House, bundle: tuple[Path, str], tmp_path: Path
) -> None:
    folder = Path(house.environment["HANDOFF_ANCHOR"].removeprefix("file:"))
    kept = min(path for path in folder.rglob("*") if path.is_file() and "checkpoints" in str(path))
    path, vkey = bundle
    assert verdict(path, "--vkey", vkey, "--old-checkpoint", kept)[0] == 0
    forged = tmp_path / "forged.txt"
    forged.write_text(kept.read_text("utf-8").replace("\n", "\nx", 1), "utf-8")
    assert verdict(path, "--vkey", vkey, "--old-checkpoint", forged)[0] == 2
