"""What every command says about itself."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pyotp
import pytest

from cli.running import command
from handoff_portal.cli import group


def commands(found: click.Command = group, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and group, the outermost first."""
    yield path
    if isinstance(found, click.Group):
        for name, inner in found.commands.items():
            yield from commands(inner, *path, name)


@pytest.mark.parametrize("words", list(commands()), ids=lambda words: " ".join(words) or "handoff-portal")
def test_every_command_explains_itself_with_an_example_that_it_would_take(words: tuple[str, ...]) -> None:
    shown = command(*words, "--help")
    assert shown.exit_code == 0
    example = re.search(r"Example: handoff-portal (.+(?:\n {4,}.+)*)", shown.stdout)
    assert example, shown.stdout
    given = tuple(example[1].split())
    assert given[: len(words)] == words
    options = {option for one in commands() for option in _options(one)}
    assert {word for word in given if word.startswith("--")} <= options | {"--help"}


def _options(words: tuple[str, ...]) -> set[str]:
    found: click.Command = group
    for word in words:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return {name for parameter in found.params for name in parameter.opts}


def test_the_installed_command_prints_the_code_that_a_phone_would_show() -> None:
    installed = Path(sys.executable).with_name("handoff-portal")
    secret = command("totp", "--help").stdout.split()[-1]
    codes = {pyotp.TOTP(secret).now()}
    ran = subprocess.run([installed, "totp", secret.lower()], capture_output=True, text=True, check=True)
    codes.add(pyotp.TOTP(secret).now())
    assert ran.stdout.strip() in codes


def test_a_code_can_be_read_by_a_script() -> None:
    shown = command("totp", "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", "--json")
    assert re.fullmatch(r"\d{6}", json.loads(shown.stdout)["code"])


def test_what_is_no_secret_is_said_in_one_line() -> None:
    refused = command("totp", "not a secret!")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: This is no base 32 secret; copy it again from the accounts file.\n"
