"""The code of a row: one for one row, of one table, under one key."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from uuid import UUID, uuid4

import pytest

from handoff_portal.adapters.database import rows
from handoff_portal.adapters.database.bell import MOST, PAUSE, Bell
from handoff_portal.adapters.database.rows import RowRefused, Signed
from handoff_portal.adapters.vault import Vault
from handoff_portal.adapters.vault.keyfile import create_key_file
from handoff_portal.adapters.vault.master import master_key
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.events import Code

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = UUID(int=1)
TWO = Signed("two", ("a", "b"))
ALL = (
    rows.ORGANISATION,
    rows.PERSON,
    rows.PASSWORD,
    rows.SESSION,
    rows.INVITATION,
    rows.RESET,
    rows.TOTP,
    rows.RECOVERY_CODE,
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    path = tmp_path_factory.mktemp("keys") / "keys" / "master"
    create_key_file(path)
    made = Vault(master_key(f"file:{path}"))
    made.load_system_keys({SystemKey.ROW_MAC: made.new_system_key(SystemKey.ROW_MAC)})
    return made


def test_no_two_rows_have_the_same_code(vault: Vault) -> None:
    values = [
        None, "", "a", "ab", b"", b"a", b"ab", 0, 1, 10, -1, [], [""], ["a"], ["a", "b"], ["ab"],
        [["a"], "b"], NOON, NOON + timedelta(microseconds=1), ONE, ONE.bytes, str(ONE), "-", "1", "None",
    ]  # fmt: skip
    made = [TWO.sign(vault, {"a": a, "b": b}) for a in values for b in values]
    assert len(set(made)) == len(values) ** 2
    assert all(len(one) == 32 for one in made)


def test_what_moves_from_one_column_to_the_next_changes_the_code(vault: Vault) -> None:
    pairs = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"), ("a\x00", "bc"), ("a", "\x00bc")]
    assert len({TWO.sign(vault, {"a": a, "b": b}) for a, b in pairs}) == len(pairs)


def test_a_moment_has_one_code_in_every_zone(vault: Vault) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=8)))
    assert TWO.sign(vault, {"a": NOON}) == TWO.sign(vault, {"a": east})


def test_a_code_of_one_table_fits_no_other(vault: Vault) -> None:
    same = {name: "x" for signed in ALL for name in signed.columns}
    for one, other in combinations(ALL, 2):
        twin = Signed(other.name, one.columns)
        assert one.sign(vault, same) != twin.sign(vault, same)


def test_every_signed_column_counts(vault: Vault) -> None:
    for signed in ALL:
        plain = signed.sign(vault, {})
        changed = {signed.sign(vault, {name: "x"}) for name in signed.columns}
        assert len(changed | {plain}) == len(signed.columns) + 1, signed.name


def test_what_has_no_spelling_is_not_signed(vault: Vault) -> None:
    for value in (1.5, True, {"a": 1}, object()):
        with pytest.raises(TypeError):
            TWO.sign(vault, {"a": value})


def test_an_alarm_rings_once_an_hour_and_never_more_than_sixty_times() -> None:
    bell, first = Bell(), RowRefused(table=Code("person"), row=ONE)
    assert [bell.may_ring(first, NOON) for _ in range(3)] == [True, False, False]
    others = [RowRefused(table=Code("person"), row=uuid4()) for _ in range(MOST)]
    assert sum(bell.may_ring(one, NOON) for one in others) == MOST - 1
    assert bell.may_ring(first, NOON + PAUSE)
