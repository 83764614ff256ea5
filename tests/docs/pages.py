"""The written pages of the project, and what they name."""

import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"(?ms)^```(\w*)\n(.*?)^```|^((?: {4}.*\n)+)")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@lru_cache(maxsize=1)
def tracked() -> tuple[str, ...]:
    """Every file that is in the repository or about to be, as git knows it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.splitlines() if (ROOT / name).is_file())


def pages() -> list[str]:
    """The pages that people read, but for those of tools."""
    return [name for name in tracked() if name.endswith(".md")]


def text_of(name: str) -> str:
    """What a file says."""
    return (ROOT / name).read_text(encoding="utf-8")


def words_of_code(name: str) -> list[str]:
    """Everything between backticks outside of blocks."""
    return _CODE.findall(_BLOCK.sub("", text_of(name)))


def lines_of_code(name: str) -> Iterator[str]:
    """Every line that a reader could copy into a terminal: blocks, and words between backticks."""
    for _, fenced, indented in _BLOCK.findall(text_of(name)):
        joined = re.sub(r"\\\n\s*", "", fenced or indented)
        yield from (line.strip() for line in joined.splitlines())
    yield from words_of_code(name)


def links_of(name: str) -> list[str]:
    """Targets of links and pictures within the repository, without their anchors."""
    found = (target.partition("#")[0] for target in _LINK.findall(text_of(name)))
    return [target for target in found if target and "://" not in target]
