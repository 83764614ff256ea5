"""The worker's duty on the log begins with a look at what is kept elsewhere."""

from pathlib import Path

import pytest

from handoff_portal.adapters.objects.files import FileStore
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.audit import note
from handoff_portal.audit.actions.keeping import Keeper, health, log_key
from handoff_portal.audit.checkpoints import anchor_key
from handoff_portal.audit.sequencer import TreeMismatch
from handoff_portal.web.portal import Portal


def test_a_restored_older_database_is_noticed_before_anything_is_signed(
    portal: Portal, tmp_path: Path
) -> None:
    key = log_key(portal.vault, portal.settings.log_name)
    while Keeper(portal.database, key, portal.anchor).round():
        pass
    size = health(portal.database).size + 1000
    text = note.Checkpoint(key.origin, size, bytes(32)).text()
    promised = note.sign(
        text, key.origin, key.public, portal.vault.signing_key(SystemKey.CHECKPOINT_SIGNING).sign
    )
    elsewhere = FileStore(tmp_path / "anchor")
    elsewhere.put_if_absent(anchor_key(size), promised.encode())
    signed = health(portal.database).signed_size
    with pytest.raises(TreeMismatch, match="rolled back"):
        Keeper(portal.database, key, elsewhere).round()
    assert health(portal.database).signed_size == signed
