"""Copy the front-end files that the pages use from node_modules into src/handoff_portal/web/static/vendor.

Run by `make setup`, after `npm ci`. Icons become one SVG sprite with only the names of
src/handoff_portal/web/icons.txt. Needs nothing but Python itself.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
WEB = ROOT / "src" / "handoff_portal" / "web"
VENDOR = WEB / "static" / "vendor"
ICON_LIST = WEB / "icons.txt"

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
}
LICENCES = {"htmx": "htmx.org", "tabler-icons": "@tabler/icons"}

_SOURCE_MAP = re.compile(r"(?m)^\s*(?://[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*$")
_OTHER_FILE = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)|@import\s+["']([^"']+)""")
_BOX = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_LOOK = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


class FrontEndError(Exception):
    """A front-end file is missing or not as expected; the message says the mend."""


def icon_names(text: str) -> list[str]:
    """Return the names of an icon list, one a line; empty lines and lines that start with # do not count."""
    lines = (line.strip() for line in text.splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def without_source_map(text: str) -> str:
    """Return a script or style sheet without the comment that makes browsers look for its sources."""
    return _SOURCE_MAP.sub("", text).rstrip() + "\n"


def symbol(name: str, svg: str) -> str:
    """Return one icon file as a `<symbol>` that takes the colour of the text around it."""
    found = _SVG.search(svg)
    if found is None:
        raise FrontEndError(f"The icon {name} of @tabler/icons is not an SVG.")
    shapes = re.sub(r"\s*\n\s*", "", _BOX.sub("", found.group(1))).strip()
    return f'<symbol id="{name}" {_LOOK}>{shapes}</symbol>'


def sprite(names: list[str]) -> str:
    """Return one SVG with every named outline icon.

    Raises FrontEndError naming the icons that do not exist.
    """
    outlines = PACKAGES / "@tabler" / "icons" / "icons" / "outline"
    unknown = [name for name in names if not (outlines / f"{name}.svg").is_file()]
    if unknown:
        raise FrontEndError(
            f"@tabler/icons has no outline icon named: {', '.join(unknown)}. Mend {ICON_LIST}."
        )
    symbols = [symbol(name, (outlines / f"{name}.svg").read_text(encoding="utf-8")) for name in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy_text(source: Path, target: Path) -> None:
    """Copy one script or style sheet; refuse a style sheet that asks for a file we do not bring."""
    text = without_source_map(source.read_text(encoding="utf-8"))
    if source.suffix == ".css" and (wanted := _OTHER_FILE.search(text)):
        raise FrontEndError(
            f"{source.name} asks for another file: {wanted.group(0)}. Add it to infra/frontend.py."
        )
    target.write_text(text, encoding="utf-8")


def main() -> None:
    """Fill the vendor folder anew."""
    if not PACKAGES.is_dir():
        raise FrontEndError("There is no node_modules folder. Run: make setup")
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        copy_text(PACKAGES / source, fresh / name)
    for name, package in LICENCES.items():
        shutil.copyfile(PACKAGES / package / "LICENSE", fresh / f"{name}.LICENSE.txt")
    names = icon_names(ICON_LIST.read_text(encoding="utf-8"))
    (fresh / "icons.svg").write_text(sprite(names), encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.replace(VENDOR)


if __name__ == "__main__":
    try:
        main()
    except (FrontEndError, OSError) as error:
        sys.exit(f"Front-end files: {error}")
