"""The UI kit: forms give back what was typed, nothing needs what the policy forbids, the guide is true."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2.environment import TemplateModule

from handoff_portal.web.forms import Form
from handoff_portal.web.page import templates

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = ROOT / "templates" / "layout"
MORNING = datetime(2026, 3, 14, 1, 30, tzinfo=UTC)
FORBIDDEN = re.compile(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|<style|javascript:", re.IGNORECASE)


def _kit(name: str) -> TemplateModule:
    return templates().get_template(f"layout/{name}").module


def _public_macros(name: str) -> set[str]:
    return {macro for macro in vars(_kit(name)) if not macro.startswith("_")}


def _call(name: str, macro: str, *arguments: object, **named: object) -> str:
    return str(getattr(_kit(name), macro)(*arguments, **named))


def _guide() -> str:
    return (ROOT / "templates" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "alias"), [("_form.html", "f"), ("_parts.html", "p")])
def test_the_guide_shows_every_macro_and_no_other(name: str, alias: str) -> None:
    shown = set(re.findall(rf"\b{alias}\.([a-z_]+)\(", _guide()))
    assert shown == _public_macros(name)


def test_every_example_of_the_guide_is_a_template() -> None:
    examples = re.findall(r"```jinja\n(.*?)```", _guide(), re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        templates().parse(example)


def test_every_icon_of_the_kit_is_in_the_sprite() -> None:
    listed = set((ROOT / "src/handoff_portal/web/icons.txt").read_text(encoding="utf-8").split())
    for path in LAYOUT.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r'icons\.svg#([a-z0-9-]+)|icon\("([a-z0-9-]+)"', text))
        assert {name for pair in used for name in pair if name} <= listed


def test_no_template_needs_what_the_content_policy_forbids() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert not FORBIDDEN.search(path.read_text(encoding="utf-8")), path


def test_a_field_gives_back_what_was_typed_escaped_once() -> None:
    form = Form({"name": ["Tan & Sons <b>"], "kind": ["a&b"]})
    assert 'value="Tan &amp; Sons &lt;b&gt;"' in _call("_form.html", "text", form, "name", "Name")
    assert ">Tan &amp; Sons &lt;b&gt;</textarea>" in _call("_form.html", "textarea", form, "name", "Name")
    chosen = _call("_form.html", "select", form, "kind", "Kind", [("a&b", "A"), ("c", "C")])
    assert '<option value="a&amp;b" selected>A</option>' in chosen
    assert '<option value="c">C</option>' in chosen


def test_a_password_never_comes_back() -> None:
    assert "secret words" not in _call(
        "_form.html", "password", Form({"password": ["secret words"]}), "password"
    )


def test_a_mistake_is_said_on_top_and_at_its_field() -> None:
    form = Form({"due": ["soon"]})
    form.refuse("due", "The date soon does not exist.")
    field = _call("_form.html", "date", form, "due", "When was it due?", "For example 2026-03-31.")
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="f-due-hint f-due-error"' in field
    assert '<a href="#f-due">The date soon does not exist.</a>' in _call("_form.html", "error_summary", form)
    assert not _call("_form.html", "error_summary", Form()).strip()


def test_choices_keep_what_was_chosen_and_what_was_taken_away() -> None:
    options = [("email", "E-mail"), ("sms", "Text message")]
    chosen = _call(
        "_form.html", "checkboxes", Form({"by": ["sms"]}), "by", "How?", options, default=["email"]
    )
    assert re.findall(r'value="(\w+)" checked', chosen) == ["sms"]
    begun = _call("_form.html", "checkboxes", Form(), "by", "How?", options, default=["email"])
    assert re.findall(r'value="(\w+)" checked', begun) == ["email"]
    emptied = _call("_form.html", "checkbox", Form({"other": ["x"]}), "agree", "Agreed", checked=True)
    assert "checked" not in emptied


def test_words_of_people_are_shown_as_words() -> None:
    entry = _kit("_parts.html").entry  # type: ignore[attr-defined]
    from_customer = str(entry("customer", None, MORNING, "UTC", "email", text="<img src=x hx-get=/x>" * 40))
    assert "<img" not in from_customer
    assert from_customer.count("hx-disable") == 1
