"""A key file opens only for its owner, and a rotation never loses a key."""

import os
import re
from pathlib import Path
from uuid import UUID

import pytest

from handoff_portal.adapters.vault import Tampered, master_key
from handoff_portal.adapters.vault.keyfile import _refuse_others, create_key_file, rotate_key_file
from handoff_portal.adapters.vault.seal import KEY_BYTES

ORG, OTHER = UUID(int=1), UUID(int=2)
KEY = bytes(range(KEY_BYTES))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys" / "master"
    create_key_file(made)
    return made


def test_a_new_key_file_is_for_its_owner_only_and_wraps(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_text().startswith("handoff-kek v1\nkid ")
    master = master_key(f"file:{path}")
    assert master.unwrap(master.wrap(KEY, purpose="x", org_id=ORG), purpose="x", org_id=ORG) == KEY


def test_a_wrap_opens_only_for_its_organisation_and_purpose(path: Path) -> None:
    master = master_key(f"file:{path}")
    wrapped = master.wrap(KEY, purpose="organisation", org_id=ORG)
    for purpose, org_id in (("organisation", OTHER), ("pepper", ORG)):
        with pytest.raises(Tampered):
            master.unwrap(wrapped, purpose=purpose, org_id=org_id)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o601, 0o660, 0o644])
def test_a_key_file_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(ValueError, match="chmod 600"):
        master_key(f"file:{path}")


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o711, 0o777])
def test_a_key_file_in_a_folder_that_others_may_enter_is_refused(path: Path, mode: int) -> None:
    path.parent.chmod(mode)
    with pytest.raises(ValueError, match="chmod 700"):
        master_key(f"file:{path}")
    with pytest.raises(ValueError, match="chmod 700"):
        create_key_file(path.with_name("another"))


def test_a_key_file_behind_a_link_or_missing_is_refused(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    for wrong in (link, path.with_name("missing")):
        with pytest.raises(ValueError, match="cannot be read"):
            master_key(f"file:{wrong}")


def test_a_key_file_of_somebody_else_is_refused(path: Path) -> None:
    found = list(path.stat())
    found[4] = os.geteuid() + 12_345
    with pytest.raises(ValueError, match="own it yourself"):
        _refuse_others(os.stat_result(found), path)


def test_an_existing_key_file_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(path)
    assert path.read_bytes() == before


def test_after_a_rotation_old_wraps_still_open_and_new_ones_use_the_new_key(path: Path) -> None:
    old_file, old = path.read_text(), master_key(f"file:{path}")
    wrapped = old.wrap(KEY, purpose="x")
    for _ in range(3):
        rotate_key_file(path)
    new = master_key(f"file:{path}")
    assert path.read_text().endswith(old_file.partition("\n")[2])
    assert path.read_text().count("kid ") == 4
    assert path.stat().st_mode & 0o777 == 0o600
    assert new.unwrap(wrapped, purpose="x") == KEY
    with pytest.raises(Tampered):
        old.unwrap(new.wrap(KEY, purpose="x"), purpose="x")


def test_two_rotations_at_once_cannot_lose_a_key(path: Path) -> None:
    before = path.read_bytes()
    path.with_name("master.new").touch(0o600)
    with pytest.raises(FileExistsError):
        rotate_key_file(path)
    assert path.read_bytes() == before


def test_a_rotation_that_is_refused_leaves_no_lock_behind(path: Path) -> None:
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        rotate_key_file(path)
    path.chmod(0o600)
    rotate_key_file(path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        (r"(?s).*", ""),
        (r".\n$", "\n"),
        (r"$", "\n"),
        (r"v1", "v2"),
        (r"kdf none", "kdf rot13"),
        (r"(?s)kid.*", ""),
        (r"key .{8}", "key "),
    ],
)
def test_a_damaged_key_file_is_refused_with_a_way_out(path: Path, part: str, damage: str) -> None:
    path.write_text(re.sub(part, damage, path.read_text(), count=1))
    with pytest.raises(ValueError, match=r"backup|does not open"):
        master_key(f"file:{path}")


def test_a_passphrase_guards_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master"
    create_key_file(path, "correct horse")
    assert "kdf argon2id m=262144 t=4 p=1 salt=" in path.read_text()
    master = master_key(f"file:{path}", passphrase="correct horse")
    assert master.unwrap(master.wrap(KEY, purpose="x"), purpose="x") == KEY
    with pytest.raises(ValueError, match="needs its passphrase"):
        master_key(f"file:{path}")
    with pytest.raises(ValueError, match="check the passphrase"):
        master_key(f"file:{path}", passphrase="correct house")


@pytest.mark.parametrize("url", ["", "file:", "kms:", "vault:x", "/etc/key"])
def test_a_setting_that_names_no_master_key_says_what_it_must_read(url: str) -> None:
    with pytest.raises(ValueError, match="file:/path or kms:KEY"):
        master_key(url)
