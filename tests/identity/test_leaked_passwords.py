import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from handoff_portal.adapters.leaked import LeakedPasswords, Verdict
from handoff_portal.settings import BadSettings, read
from handoff_portal.web.portal import Portal
from identity.walks import (
    BETTER,
    GOOD,
    Browsing,
    Clock,
    Enrolled,
    actions_of,
    an_invitation,
    invitation_path,
    link_of,
    mails_of,
    somebody,
)

Open = Callable[..., Browsing]


@dataclass
class Range:
    """A server that speaks the protocol of the range search."""

    leaked: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    status: int = 200
    pause: float = 0.0
    url: str = ""

    def leak(self, password: str, times: int = 7) -> None:
        self.leaked[sha1(password.encode(), usedforsecurity=False).hexdigest().upper()] = times

    def answer(self, beginning: str) -> bytes:
        found = [f"{key[5:]}:{times}" for key, times in self.leaked.items() if key.startswith(beginning)]
        return "\r\n".join([*found, "0" * 34 + "1:0"]).encode()


@pytest.fixture
def ranges() -> Iterator[Range]:
    state = Range()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, self.headers.get("Add-Padding")))
            time.sleep(state.pause)
            self.send_response(state.status)
            self.end_headers()
            self.wfile.write(state.answer(self.path.rpartition("/")[2]))

        @override
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}/range"
        yield state
        server.shutdown()


@pytest.fixture
def asking(house: Portal, ranges: Range) -> Iterator[Portal]:
    """The portal with the list switched on."""
    before = house.passwords.leaked
    house.passwords.leaked = LeakedPasswords(ranges.url)
    yield house
    house.passwords.leaked = before


def somebody_leaked(asking: Portal, ranges: Range) -> Enrolled:
    """Somebody whose password was chosen while the list was silent and is on it."""
    ranges.status = 500
    who = somebody(asking)
    ranges.status = 200
    ranges.leak(GOOD)
    return who


def test_five_digits_leave_the_machine_and_nothing_else(ranges: Range) -> None:
    ranges.leak(GOOD)
    assert LeakedPasswords(ranges.url).look_up(GOOD) is Verdict.LEAKED
    assert LeakedPasswords(ranges.url).look_up(BETTER) is Verdict.CLEAN
    beginning = sha1(GOOD.encode(), usedforsecurity=False).hexdigest().upper()[:5]
    assert ranges.asked[0] == (f"/range/{beginning}", "true")


def test_padding_counts_zero_and_is_no_leak(ranges: Range) -> None:
    ranges.leak(GOOD, 0)
    assert LeakedPasswords(ranges.url).look_up(GOOD) is Verdict.CLEAN


def test_without_an_address_nothing_is_asked(ranges: Range) -> None:
    assert LeakedPasswords().look_up(GOOD) is Verdict.CLEAN
    assert ranges.asked == []


@pytest.mark.parametrize("status", [404, 429, 500, 302])
def test_another_answer_is_no_answer(ranges: Range, status: int) -> None:
    ranges.leak(GOOD)
    ranges.status = status
    assert LeakedPasswords(ranges.url).look_up(GOOD) is Verdict.UNKNOWN


def test_a_list_that_sleeps_is_left_alone_after_two_seconds(ranges: Range) -> None:
    ranges.pause = 4
    begun = time.monotonic()
    assert LeakedPasswords(ranges.url).look_up(GOOD) is Verdict.UNKNOWN
    assert time.monotonic() - begun < 3


def test_a_leaked_password_cannot_be_chosen(
    asking: Portal, ranges: Range, browsing: Open, clock: Clock
) -> None:
    ranges.leak(BETTER)
    browser = browsing()
    browser.get(invitation_path(an_invitation(asking)[2]))
    page = browser.post("/enrol", password=BETTER)
    assert page.status_code == 422
    assert "found in a leak" in page.text
    who = somebody(asking)
    browser = browsing()
    browser.sign_in(who)
    page = browser.post("/account/password", page="/account/password", current=GOOD, password=BETTER)
    assert page.status_code == 422
    browser = browsing()
    browser.post("/password/forgot", page="/password/forgot", email=who.email)
    browser.get(link_of(asking, who.person, "password_reset"))
    clock.pass_time(seconds=30)
    page = browser.post("/password/reset", password=BETTER, code=who.code(clock.now))
    assert page.status_code == 422


def test_a_silent_list_keeps_nobody_out_and_is_asked_again(
    asking: Portal, ranges: Range, browsing: Open, clock: Clock
) -> None:
    ranges.status = 500
    who = somebody(asking)
    assert "password.unchecked" in actions_of(asking, who.person)
    ranges.status = 200
    asked = len(ranges.asked)
    assert browsing().sign_in(who).url.path == "/"
    assert len(ranges.asked) == asked + 1
    clock.pass_time(seconds=30)
    assert browsing().sign_in(who).url.path == "/"
    assert len(ranges.asked) == asked + 1


def test_a_password_that_turns_out_leaked_is_changed_before_going_on(
    asking: Portal, ranges: Range, browsing: Open, clock: Clock
) -> None:
    who = somebody_leaked(asking, ranges)
    browser = browsing()
    page = browser.give_password(who.email)
    assert page.url.path == "/sign-in/new-password"
    assert "password.leaked" in actions_of(asking, who.person)
    assert browser.post("/sign-in/code", code=who.code(clock.now)).status_code == 409
    assert browser.get("/cases").url.path == "/sign-in"
    browser.get("/sign-in/new-password")
    page = browser.post("/sign-in/new-password", password=GOOD, code=who.code(clock.now))
    assert page.status_code == 422
    page = browser.post("/sign-in/new-password", password=BETTER, code="000000")
    assert page.status_code == 422
    page = browser.post("/sign-in/new-password", password=BETTER, code=who.code(clock.now))
    assert page.url.path == "/"
    assert "password_changed" in mails_of(asking, who.person)
    clock.pass_time(seconds=30)
    assert browsing().sign_in(replace(who, password=BETTER)).url.path == "/"
    assert browsing().give_password(who.email, GOOD).status_code == 422


def test_a_leaked_password_is_not_chosen_again_while_the_list_is_silent(
    asking: Portal, ranges: Range, browsing: Open, clock: Clock
) -> None:
    who = somebody_leaked(asking, ranges)
    browser = browsing()
    browser.give_password(who.email)
    ranges.status = 500
    page = browser.post("/sign-in/new-password", password=GOOD, code=who.code(clock.now))
    assert page.status_code == 422
    page = browser.post("/sign-in/new-password", password=BETTER, code=who.code(clock.now))
    assert page.url.path == "/"


def test_a_wrong_password_is_never_looked_up(asking: Portal, ranges: Range, browsing: Open) -> None:
    ranges.status = 500
    who = somebody(asking)
    asked = len(ranges.asked)
    browsing().give_password(who.email, BETTER)
    assert len(ranges.asked) == asked


@pytest.mark.parametrize("url", ["http://pwned.example/range", "ftp://127.0.0.1/range", "range"])
def test_the_list_is_asked_over_https_only(environment: dict[str, str], url: str) -> None:
    with pytest.raises(BadSettings, match="HANDOFF_PASSWORD_RANGE_URL"):
        read({**environment, "HANDOFF_PASSWORD_RANGE_URL": url})


def test_in_production_not_even_this_machine_is_asked_in_the_clear(environment: dict[str, str]) -> None:
    sent = {**environment, "HANDOFF_PASSWORD_RANGE_URL": "http://127.0.0.1:1/range"}
    assert read(sent).password_range_url == "http://127.0.0.1:1/range"
    with pytest.raises(BadSettings, match="HANDOFF_PASSWORD_RANGE_URL is plain http"):
        read({**sent, "HANDOFF_MODE": "production"})
