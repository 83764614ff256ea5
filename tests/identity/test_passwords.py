import os
import statistics
import threading
import time

import pytest

from handoff_portal.adapters.passwords import Cost, Crowded, Passwords, is_common
from handoff_portal.core.refusals import Invalid
from handoff_portal.identity.model.password import require_good_password, words_in

PEPPER = bytes(range(32))
GOOD = "quiet marble otter lantern"


def test_a_password_opens_only_with_its_pepper() -> None:
    passwords = Passwords(Cost.LAPTOP)
    stored = passwords.hash(GOOD, PEPPER)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(stored, GOOD, PEPPER)
    assert not passwords.verify(stored, GOOD + " ", PEPPER)
    assert not passwords.verify(stored, GOOD, bytes(32))
    assert not passwords.verify(None, GOOD, PEPPER)
    assert not passwords.verify("not a hash", GOOD, PEPPER)


def test_every_character_counts_exactly_as_typed() -> None:
    passwords = Passwords(Cost.LAPTOP)
    stored = passwords.hash("é" + GOOD, PEPPER)
    assert not passwords.verify(stored, "e\u0301" + GOOD, PEPPER)
    assert passwords.verify(passwords.hash("x" * 128, PEPPER), "x" * 128, PEPPER)
    assert not passwords.verify(passwords.hash("x" * 128, PEPPER), "x" * 127, PEPPER)


def test_production_hashes_cost_64_mebibytes_and_cheaper_ones_are_outdated() -> None:
    cheap, dear = Passwords(Cost.LAPTOP), Passwords(Cost.PRODUCTION)
    stored = dear.hash(GOOD, PEPPER)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert dear.is_outdated(cheap.hash(GOOD, PEPPER))
    assert not dear.is_outdated(stored)


def test_nobody_costs_as_much_as_somebody() -> None:
    passwords = Passwords(Cost.LAPTOP)
    stored = passwords.hash(GOOD, PEPPER)

    def median(which: str | None) -> float:
        took = []
        for _ in range(7):
            begun = time.process_time()
            passwords.verify(which, "something else entirely", PEPPER)
            took.append(time.process_time() - begun)
        return statistics.median(took)

    assert median(None) == pytest.approx(median(stored), rel=0.5)


def test_who_finds_the_queue_full_is_asked_to_come_back() -> None:
    passwords = Passwords(Cost.LAPTOP, at_once=1, waiting=1)
    full, answers = threading.Barrier(7), []

    def attempt() -> None:
        full.wait()
        try:
            passwords.hash(os.urandom(8).hex(), PEPPER)
            answers.append("done")
        except Crowded as refusal:
            answers.append(f"{refusal.status}, again in {refusal.retry_after}")

    threads = [threading.Thread(target=attempt) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("done") >= 2
    assert answers.count("503, again in 5") >= 1
    assert passwords.hash(GOOD, PEPPER)


def test_common_passwords_are_known_whatever_their_case() -> None:
    assert is_common("password")
    assert is_common("QWERTYUIOP")
    assert not is_common(GOOD)


@pytest.mark.parametrize(
    "weak",
    [
        "fourteen chars",
        "x" * 129,
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "passwordpassword",
        "Password1234567890!",
        "qwertyuiopasdfghjkl",
        "01234567890123456789",
        "zyxwvutsrqponmlkjihg",
        "HandoffPortal2026!",
        "Meridian-Recovery-26",
        "ines.tan@example.net",
        "!!!Ines Tan Meridian!",
    ],
)
def test_passwords_that_others_would_try_are_refused_with_advice(weak: str) -> None:
    own = words_in("Ines Tan", "ines.tan@example.net", "Meridian Recovery Limited")
    with pytest.raises(Invalid) as refusal:
        require_good_password(weak, own, is_common)
    assert set(refusal.value.errors) == {"password"}


@pytest.mark.parametrize(
    "good",
    [
        GOOD,
        "correct horse battery staple",
        "k7#Vw!2mQz9$Lp4x",
        "meine Großmutter mag keine Linsen",
        "日本語のとても長いパスワードです",
        "our agency sings at midnight",
    ],
)
def test_long_passwords_of_any_kind_are_welcome(good: str) -> None:
    require_good_password(good, words_in("Ines Tan", "ines@example.net", "Meridian"), is_common)
