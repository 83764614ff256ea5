"""Plain text out of the HTML of a mail: nothing is fetched, nothing is run, nothing hidden is kept. Pure."""

import re
from html.parser import HTMLParser

import nh3
from typing_extensions import override

_BLOCKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "table", "ul", "ol"}
_KEPT = _BLOCKS | {"blockquote", "td", "th"}
_DROPPED = {"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"}


class _Text(HTMLParser):
    """Writes text, a line for each block and "> " before each line of a quotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.quoted = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self._break()
            self.quoted += 1
        elif tag in {"td", "th"}:
            self._add(" ")
        elif tag == "li":
            self._break()
            self._add("- ")
        elif tag in _BLOCKS:
            self._break()

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._break()
            self.quoted = max(0, self.quoted - 1)
        elif tag in _BLOCKS and tag not in {"li", "tr"}:
            self._break()

    @override
    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"\s+", " ", data))

    def _add(self, said: str) -> None:
        if not self.lines[-1].strip("> "):
            self.lines[-1] = "> " * min(self.quoted, 5)
            said = said.lstrip()
        self.lines[-1] += said

    def _break(self) -> None:
        if self.lines[-1].strip("> ") or (len(self.lines) > 1 and self.lines[-2].strip("> ")):
            self.lines.append("")


def text_of(markup: str) -> str:
    """Return what a reader would see, as lines of text."""
    safe = nh3.clean(markup, tags=_KEPT, attributes={}, clean_content_tags=_DROPPED, strip_comments=True)
    reader = _Text()
    reader.feed(safe)
    reader.close()
    return "\n".join(line.rstrip() for line in reader.lines).strip("\n")
