"""A visitor with a browser: every page it opens is checked for accessibility, width, and silent errors."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from handoff_portal.settings import ROOT
from people import SignedIn

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("HANDOFF_SHOTS", "")
NARROW, WIDE = 360, 1440
_FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | '))"""


@dataclass
class Visitor:
    """One person's browser window.

    Attributes:
        trouble: Console errors and failed scripts since the window opened.
    """

    page: Page
    address: str
    trouble: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a path of the portal and check what is there."""
        self.page.goto(self.address + path)
        self.check()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of that name and wait for the next page."""
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("load")

    def check(self) -> None:
        """No accessibility violation, nothing wider than a phone, no error in the console."""
        self.page.wait_for_load_state("load")
        assert self.trouble == [], f"{self.page.url}: {self.trouble}"
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            self._shoot(width)
            assert wider <= 0, f"{self.page.url} is {wider} px wider than {width}"
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = self.page.evaluate(_FINDINGS)
            assert found == [], f"{self.page.url} at {width}: {found}"

    def text(self) -> str:
        """What can be read in the main part of the page."""
        return self.page.locator("main").inner_text()

    def _shoot(self, width: int) -> None:
        if SHOTS:
            name = re.sub(r"[0-9a-f-]{36}", "ID", self.page.url.removeprefix(self.address)).strip("/")
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', name) or 'home'}-{width}.png"
            self.page.screenshot(path=path, full_page=True)


@dataclass
class Site:
    """The portal's address and the browser; each visitor gets a window of their own."""

    browser: Browser
    address: str
    windows: list[BrowserContext] = field(default_factory=list)

    def stranger(self, *, javascript: bool = True) -> Visitor:
        """Somebody who is not signed in."""
        window = self.browser.new_context(java_script_enabled=javascript, bypass_csp=False)
        window.set_default_timeout(15_000)
        self.windows.append(window)
        visitor = Visitor(window.new_page(), self.address)

        def note(message: ConsoleMessage) -> None:
            if message.type == "error" and "status of 4" not in message.text:
                visitor.trouble.append(message.text)

        visitor.page.on("console", note)
        visitor.page.on("pageerror", lambda error: visitor.trouble.append(str(error)))
        return visitor

    def signed_in(self, who: SignedIn, *, javascript: bool = True) -> Visitor:
        """Somebody with a live session."""
        visitor = self.stranger(javascript=javascript)
        host = self.address.removeprefix("http://").partition(":")[0]
        for name, value in who.cookie.items():
            cookie = {"name": name, "value": value, "domain": host, "path": "/"}
            visitor.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return visitor

    def close(self) -> None:
        """Close all windows."""
        for window in self.windows:
            window.close()
