"""The policy of pages allows no inline script or style, so no template holds any; and words are kind."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from handoff_portal.settings import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LETTERS = sorted((ROOT / "templates" / "mail").glob("*.txt"))
SAFE: dict[str, str] = {
    "identity/authenticator.html": "the QR code that the portal drew itself",
    "identity/enrol_authenticator.html": "the QR code that the portal drew itself",
    "identity/new_factor_app.html": "the QR code that the portal drew itself",
}
"""Templates that may mark something as safe, each with the reason."""

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_EVAL = re.compile(
    r"\bhx-on|\bhx-vals\s*=\s*.js:|\bhx-vars|javascript:|\bhx-headers\s*=\s*.js:|\[.*\]\s*from:",
    re.IGNORECASE,
)
_URLS = {"src", "href", "action", "formaction", "poster", "data"}
_WORDS = {"content", "placeholder", "title", "alt", "aria-label", "value"}


class Lint(HTMLParser):
    """Collects what the policy or the house forbids, and the words that people see."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.words: list[str] = []
        self._inside = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self._inside = tag
        if tag == "style" or (tag == "script" and "src" not in names):
            self.wrong.append(f"<{tag}>")
        self.wrong += [name for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        for name, value in attrs:
            if name in _URLS and re.match(r"(https?:)?//|data:|javascript:", value or ""):
                self.wrong.append(f"{name}={value}")
            if name in _WORDS:
                self.words.append(value or "")

    @override
    def handle_data(self, data: str) -> None:
        if self._inside not in {"script", "style"}:
            self.words.append(data)


def linted(path: Path) -> Lint:
    lint = Lint()
    lint.feed(_JINJA.sub("", path.read_text(encoding="utf-8")))
    return lint


def spoken(path: Path) -> str:
    """Visible text, and the texts inside expressions."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".txt":
        return _JINJA.sub("", source)
    quoted = " ".join(
        text
        for code in _JINJA.findall(source)
        if not code.startswith("{#")
        for text in re.findall(r'"([^"]*)"', code)
    )
    return " ".join(linted(path).words) + " " + quoted


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_nothing_inline(path: Path) -> None:
    assert linted(path).wrong == []
    assert not _EVAL.findall(path.read_text(encoding="utf-8"))


def test_nothing_is_marked_as_safe_but_what_was_reviewed() -> None:
    marked = {
        str(path.relative_to(ROOT / "templates"))
        for path in TEMPLATES
        if re.search(r"\|\s*safe\b|Markup\(|autoescape\s+false", path.read_text(encoding="utf-8"))
    }
    assert marked == set(SAFE)


@pytest.mark.parametrize(
    "path", [*TEMPLATES, *LETTERS], ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_words_are_kind(path: Path) -> None:
    said = spoken(path)
    assert not re.search(r"\bdebtor(?!_)", said, re.IGNORECASE)
    assert "!" not in said


def test_letters_carry_no_personal_data() -> None:
    """A time, a link, a kind of browser, a number, the log's checkpoint; they know nothing else."""
    used = {
        name.strip()
        for path in LETTERS
        for name in re.findall(r"\{\{\s*([\w.]+)", path.read_text(encoding="utf-8"))
    }
    assert used <= {
        "agent",
        "checkpoint",
        "entries",
        "left",
        "link",
        "opens",
        "portal",
        "stop",
        "until",
        "when",
    }
