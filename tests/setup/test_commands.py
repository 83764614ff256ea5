"""Set-up files: what make offers, what the locks promise, what the scripts refuse."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
TARGETS = {"setup", "demo", "test", "check", "lint", "bench", "soak", "clean"}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _locked(name: str) -> dict[str, str]:
    found = re.findall(r"(?m)^([a-z0-9._-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", _read(name))
    return {package.replace("_", "-").replace(".", "-"): version for package, version in found}


def _program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_make_alone_lists_each_target_with_one_line() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = dict(line.split(maxsplit=1) for line in listed.splitlines())
    assert set(lines) >= TARGETS
    assert all(len(words) > 10 for words in lines.values())


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_by_hash_and_names_no_registry(name: str) -> None:
    text = _read(name)
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-(-index|-extra|-find|i\b|f\b)", text)
    for requirement in re.split(r"(?m)^(?=\S)", text.strip())[1:]:
        first = requirement.splitlines()[0]
        assert re.match(r"^[a-z0-9._\[\],-]+==\S+", first), first
        assert "--hash=sha256:" in requirement, first


def test_the_locks_hold_every_package_that_the_project_names() -> None:
    project = tomllib.loads(_read("pyproject.toml"))
    groups = project["dependency-groups"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~! ]", text)[0].lower().replace("_", "-") for text in requirements}

    run = names(project["project"]["dependencies"]) | names(groups["build"])
    assert run <= set(_locked("requirements.lock"))
    assert run | names(groups["dev"]) <= set(_locked("requirements-dev.lock"))
    assert names(groups["node"]) <= set(_locked("requirements-node.lock"))


def test_tools_never_change_the_version_of_what_the_portal_runs_with() -> None:
    tools = _locked("requirements-dev.lock")
    assert {name: tools.get(name) for name in _locked("requirements.lock")} == _locked("requirements.lock")


def test_the_front_end_lock_names_no_address_and_checks_every_package() -> None:
    packages = json.loads(_read("package-lock.json"))["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert not any("resolved" in entry for entry in fetched.values())
    assert all(entry["integrity"].startswith("sha512-") for entry in fetched.values())
    assert fetched["node_modules/htmx.org"]["version"].startswith("2.0.")
    assert fetched["node_modules/@tabler/core"]["version"].startswith("1.4.")


def test_an_old_python_is_refused_in_one_line(tmp_path: Path) -> None:
    old = _program(tmp_path, "python-old", '[ "$1" = -V ] && echo Python 3.9.2 && exit 0; exit 1')
    refused = subprocess.run(
        ["infra/make-venv", str(old), str(tmp_path / "venv")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr == (
        "Set-up: Python 3.9.2 is too old, 3.11 is the oldest that works. "
        "Name a newer one: make setup PYTHON=python3.11\n"
    )


def test_a_python_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    refused = subprocess.run(
        ["infra/make-venv", "no-such-python", str(tmp_path / "venv")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.startswith("Set-up: there is no no-such-python here.")
    assert refused.stderr.count("\n") == 1


def test_a_machine_without_chromium_is_told_what_to_install(tmp_path: Path) -> None:
    _program(tmp_path, "id", "echo 1000")
    told = subprocess.run(
        ["/bin/sh", "infra/ensure-chromium"],
        cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "apt-get install chromium" in told.stderr


@pytest.mark.parametrize(("code", "closing"), [(0, "3 passed in 0.10s"), (2, "1 failed, 2 passed in 0.10s")])
def test_what_ci_runs_ends_with_the_tests_last_line_and_exit_code(
    tmp_path: Path, code: int, closing: str
) -> None:
    _program(tmp_path, "make", f'echo "== {closing} =="; echo "make: and then some"; exit {code}')
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash", ".ci/run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code
    assert ran.stdout.splitlines()[-1] == f"== {closing} =="


@pytest.mark.parametrize(
    "script",
    ["infra/make-venv", "infra/npm-ci", "infra/ensure-chromium", "infra/lock", "infra/database/passwords.sh"],
)
def test_every_script_is_one_that_a_plain_shell_can_read(script: str) -> None:
    subprocess.run(["sh", "-n", script], cwd=ROOT, check=True)
