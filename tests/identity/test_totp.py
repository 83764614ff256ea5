from datetime import UTC, datetime, timedelta

import pytest

from handoff_portal.adapters import totp

NOW = datetime(2026, 3, 14, 9, 30, 5, tzinfo=UTC)
SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SEED, moment) == code
    assert totp.match(SEED, code, moment).counter == seconds // 30


@pytest.mark.parametrize("steps", range(-12, 13))
def test_one_step_around_now_counts_and_ten_tell_of_a_wrong_clock(steps: int) -> None:
    code = totp.code_at(SEED, NOW + timedelta(seconds=30 * steps))
    found = totp.match(SEED, code, NOW)
    if abs(steps) <= 1:
        assert found.counter == totp.counter_at(NOW) + steps
    else:
        assert found.counter is None
        assert found.drifted == (abs(steps) <= 10)


def test_what_is_no_code_matches_nothing() -> None:
    for typed in ("", "000000", "28708", "2870822", "abcdef", "\uff12" * 6):
        assert totp.match(SEED, totp.plain(typed), NOW).counter is None


def test_recovery_codes_are_ten_of_120_bits_and_forgive_how_they_are_typed() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code) == 24 for code in codes)
    code = codes[0]
    typed = f" {code[:6].lower()}-{code[6:12]} {code[12:]}"
    assert totp.recovery_hash(typed, b"p") == totp.recovery_hash(code, b"p")
    assert totp.recovery_hash(code, b"p") != totp.recovery_hash(code, b"q")
    assert totp.is_recovery_code(totp.plain(typed))


def test_the_picture_needs_no_style_and_no_script() -> None:
    picture = totp.picture(SEED, "ines@example.net")
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert "script" not in picture
