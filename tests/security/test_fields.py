"""Which fields each role gets to see of one case and one offer: a new label needs a reviewed row."""

import re
from html.parser import HTMLParser

from typing_extensions import override

from handoff_portal.core.permissions import OrgKind
from handoff_portal.web.portal import Portal
from security.reviewed import require_reviewed
from security.routes import Browser, Route, send
from security.world import World

_LABELS = {"dt", "th", "label", "legend"}
PAGES = {
    "case": (Route("/cases/{case_id:uuid}", "GET", "case_read", ""), {"business": "own", "agency": "holder"}),
    "offer": (
        Route("/offers/{offer_id:uuid}", "GET", "offer_read", ""),
        {"business": "own", "agency": "offered"},
    ),
}
ROLES = ("business_member", "business_admin", "collector", "supervisor", "agency_admin")


class Labels(HTMLParser):
    """The labels of a page's main part, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] = []
        self._main = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._main = self._main or tag == "main"
        if self._main and tag in _LABELS:
            self._open.append(tag)
            self.found.append("")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = False
        if self._open and tag == self._open[-1]:
            self._open.pop()

    @override
    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data


def labels(text: str) -> list[str]:
    """Each label once; numbers and dates, which differ from run to run, are taken out."""
    page = Labels()
    page.feed(text)
    plain = (re.sub(r"\s+", " ", re.sub(r"[\d][\d.,:%/-]*", "#", one)).strip() for one in page.found)
    return list(dict.fromkeys(one for one in plain if one))


def test_the_fields_of_a_case_and_of_an_offer_are_reviewed_per_role(
    browser: Browser, rehearsal: Portal, world: World
) -> None:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for page, (route, relations) in PAGES.items():
        for name in ROLES:
            persona = world[name]
            kind = persona.kind or OrgKind.OPERATOR
            answer = send(browser, rehearsal, persona, route, world.things[kind, relations[kind.value]])
            assert answer.status == 200
            for label in labels(answer.text):
                empty = {"page": page, "label": label} | dict.fromkeys(ROLES, "")
                rows.setdefault((page, label), empty)[name] = "yes"
    require_reviewed("fields.csv", [rows[key] for key in sorted(rows)], keys=2)
