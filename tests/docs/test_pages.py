"""What is written is true: paths, commands, targets and variables that pages name do exist."""

import re
import shlex
import subprocess
import sys

import click
import pytest

from docs.pages import ROOT, lines_of_code, links_of, pages, text_of, tracked, words_of_code
from handoff_portal.cli import group
from handoff_portal.settings import read

TOP = ("src/", "tests/", "templates/", "migrations/", "infra/", "docs/", "samples/", "bench/")
PAGES = pages()
PLACES = re.compile(r"(?<![\w.])/(?:work|root|home)/|/tmp/\w")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|npmjs\.(?:org|com)|yarnpkg|proxy\.golang")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    missing = [to for to in links_of(page) if not ((ROOT / page).parent / to).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    named = [word.partition("::")[0] for word in words_of_code(page) if word.startswith(TOP)]
    assert not [path for path in named if re.fullmatch(r"[\w./-]+", path) and not _there(path)]


def _there(path: str) -> bool:
    return (ROOT / path).exists() or path in {
        "migrations/sql/letters.sql",
        "templates/letters/",
        "tests/letters/",
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of("Makefile")))
    named = {line.split()[1] for line in lines_of_code(page) if re.match(r"make [a-z]", line)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_is_one_with_these_options(page: str) -> None:
    for line in lines_of_code(page):
        if found := re.search(r"^(?:.*[\s/])?handoff-portal ((?!\.)[a-z].*)", line):
            _require_command(shlex.split(found[1].rstrip("."), comments=True))


def _require_command(words: list[str]) -> None:
    command: click.Command = group
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, words
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known, words


def test_every_command_stands_in_the_readme() -> None:
    named = words_of_code("README.md")
    missing = [words for words in _commands(group) if not any(one.split()[1:] == words for one in named)]
    assert not missing


def _commands(command: click.Command, *path: str) -> list[list[str]]:
    if isinstance(command, click.Group):
        return [found for name, inner in command.commands.items() for found in _commands(inner, *path, name)]
    return [list(path)]


def _variables() -> set[str]:
    written = set(re.findall(r"HANDOFF_[A-Z_]+[A-Z]", text_of("src/handoff_portal/settings.py")))
    limits = {f"HANDOFF_LIMIT_{name.upper()}" for name in read(_SOME).limits.__dataclass_fields__}
    return written - {"HANDOFF_LIMIT"} | limits


_SOME = {
    "HANDOFF_MODE": "demo",
    "HANDOFF_PUBLIC_URL": "http://portal.test",
    "HANDOFF_DATABASE_URL": "postgresql://{role}@db/handoff",
    "HANDOFF_OBJECTS": "file:/objects",
    "HANDOFF_KEYS": "file:/keys",
    "HANDOFF_SMTP_URL": "folder:/mail",
    "HANDOFF_MAIL_FROM": "portal@portal.test",
}


def test_the_readme_explains_every_variable_and_no_other() -> None:
    rows = re.findall(r"(?m)^\| `(HANDOFF_[A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text_of("README.md"))
    assert {name for name, *_ in rows} == _variables()
    assert len(rows) == len(_variables())


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_that_a_page_names_is_one_that_something_reads(page: str) -> None:
    passwords = set(re.findall(r"HANDOFF_[A-Z_]+", text_of("infra/compose.env.example")))
    assert set(re.findall(r"HANDOFF_[A-Z_]+[A-Z]", text_of(page))) <= _variables() | passwords


def test_defaults_of_the_readme_are_those_of_the_code() -> None:
    limits = read(_SOME).limits
    readme = text_of("README.md")
    assert limits.file_bytes == 2 * 1024**3
    assert limits.form_bytes == 1024**2
    for variable, default in (("FILE_BYTES", "2 GiB"), ("FORM_BYTES", "1 MiB"), ("MAILS_AT_ONCE", "200")):
        assert re.search(rf"`HANDOFF_LIMIT_{variable}`.*\| {default} \|", readme)


def test_the_order_of_imports_is_the_one_that_is_checked() -> None:
    layers = re.search(r"layers = \[\n((?: +\"[^\"]+\",\n)+)\]", text_of("pyproject.toml"))
    assert layers
    order = re.findall(r"\"\(?(\w+)\)?\"", layers[1])
    assert f"`{' > '.join(order)}`" in text_of("README.md")


def test_every_folder_of_the_code_is_on_the_map() -> None:
    readme = text_of("README.md")
    folders = {name.split("/")[2] for name in tracked() if re.match(r"src/handoff_portal/\w+/", name)}
    assert not [
        folder for folder in folders if f"  {folder}/ " not in readme and f" {folder}/ " not in readme
    ]


def test_pictures_are_small() -> None:
    pictures = [ROOT / name for name in tracked() if name.startswith("docs/pictures/")]
    assert pictures
    assert all(path.stat().st_size <= 150_000 for path in pictures)


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    found: list[str] = []
    for name in tracked():
        if name.startswith(("docs/pictures/", "tests/docs/", "tests/security/test_browser.py")):
            continue
        try:
            text = text_of(name)
        except UnicodeDecodeError:
            continue
        found += [
            f"{name}: {match[0]}" for pattern in (PLACES, REGISTRIES) for match in pattern.finditer(text)
        ]
    assert not found


def test_the_quick_look_of_the_readme_runs() -> None:
    arguments = ["-m", "bench", "--help"]
    told = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    for option in ("--quick", "--only"):
        assert option in told.stdout
        assert option in text_of("README.md")
