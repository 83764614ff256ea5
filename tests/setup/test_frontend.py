"""The front-end files: only what the pages use, and nothing that asks for more."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "handoff_portal" / "web"
VENDOR = WEB / "static" / "vendor"
_NAMED = re.compile(r"""icons\.svg#([a-z][a-z0-9-]*)["']|\bicon\(["']([a-z][a-z0-9-]*)["']""")


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    """The script infra/frontend.py as a module."""
    spec = importlib.util.spec_from_file_location("frontend", ROOT / "infra" / "frontend.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend"] = module
    spec.loader.exec_module(module)
    return module


def _sprite_names() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text(encoding="utf-8")))


def test_every_icon_of_a_page_is_in_the_sprite() -> None:
    pages = list((ROOT / "templates").rglob("*.html"))
    named = {one or two for page in pages for one, two in _NAMED.findall(page.read_text(encoding="utf-8"))}
    assert named <= _sprite_names()


def test_the_sprite_is_what_the_list_says(frontend: ModuleType) -> None:
    assert _sprite_names() == set(frontend.icon_names((WEB / "icons.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["htmx.min.js", "tabler.min.css", "icons.svg"])
def test_a_fetched_file_asks_for_no_other(name: str) -> None:
    text = (VENDOR / name).read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    assert "@import" not in text
    assert not re.search(r"""url\(["']?https?:""", text)


def test_an_icon_takes_the_colour_of_its_text(frontend: ModuleType) -> None:
    box = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
    svg = f'<svg\n  class="x"\n>\n  {box}\n  <path d="M5 4h4" />\n</svg>'
    made = frontend.symbol("phone", svg)
    assert made.startswith('<symbol id="phone" viewBox="0 0 24 24"')
    assert 'stroke="currentColor"' in made
    assert made.endswith('><path d="M5 4h4" /></symbol>')


def test_an_icon_that_does_not_exist_is_told_by_name(frontend: ModuleType) -> None:
    with pytest.raises(frontend.FrontEndError, match="no outline icon named: no-such-icon"):
        frontend.sprite(["phone", "no-such-icon"])


def test_a_style_sheet_that_asks_for_a_font_is_refused(frontend: ModuleType, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text("@font-face{src:url(fonts/inter.woff2)}", encoding="utf-8")
    with pytest.raises(frontend.FrontEndError, match="asks for another file"):
        frontend.copy_text(sheet, tmp_path / "copy.css")


def test_nothing_vendored_is_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "src/handoff_portal/web/static/vendor/" in ignored
    assert "node_modules/" in ignored
