"""Notes and checkpoints in the text form of C2SP."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.audit import note

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ORIGIN = "portal.example/audit/1"
LOG = note.Verifier(ORIGIN, note.ED25519, PUBLIC)
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS = note.Verifier("witness.example/w1", note.COSIGNATURE, WITNESS_KEY.public_key().public_bytes_raw())
POINT = note.Checkpoint(ORIGIN, 7, bytes(32))
SIGNED = note.sign(POINT.text(), ORIGIN, PUBLIC, KEY.sign)

# The example of C2SP tlog-cosignature.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - signature lines have one form

# The key and note of the documentation of golang.org/x/mod/sumdb/note, the format's first implementation.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn"
    "NIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_the_first_implementation_verifies() -> None:
    parsed = note.parse(PETER_NOTE)
    assert note.verify(parsed, [note.verifier(PETER)])[0].name == "PeterNeumann"
    assert parsed.render() == PETER_NOTE
    assert note.verifier(PETER).vkey() == PETER


def test_the_specifications_example_parses_and_renders_to_the_same_text() -> None:
    parsed = note.parse(EXAMPLE)
    assert parsed.render() == EXAMPLE
    found = note.checkpoint(parsed.text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.root == b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert found.text() == parsed.text
    assert note.cosigned_at(parsed.signatures[1]) == 1679315147


def test_a_signed_checkpoint_opens_with_its_key_only() -> None:
    assert note.opened(SIGNED, ORIGIN, [LOG]) == POINT
    assert SIGNED.startswith(f"{ORIGIN}\n7\n{'A' * 43}=\n\n— {ORIGIN} ")
    stranger = note.Verifier(ORIGIN, note.ED25519, WITNESS.public)
    for trusted in ([], [stranger], [WITNESS]):
        with pytest.raises(note.NoteError):
            note.opened(SIGNED, ORIGIN, trusted)


def test_a_witness_signs_after_the_log_and_cannot_stand_in_for_it() -> None:
    both = note.cosign(SIGNED, WITNESS, 1_700_000_000, WITNESS_KEY.sign)
    assert note.opened(both, ORIGIN, [LOG, WITNESS]) == POINT
    assert note.cosigned_at(note.parse(both).signatures[1]) == 1_700_000_000
    alone = note.Note(POINT.text(), note.parse(both).signatures[1:]).render()
    with pytest.raises(note.NoteError, match="did not sign"):
        note.opened(alone, ORIGIN, [LOG, WITNESS])


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    other = note.cosign(SIGNED, WITNESS, 1_700_000_000, KEY.sign)
    with pytest.raises(note.NoteError, match="wrong"):
        note.opened(other, ORIGIN, [LOG, WITNESS])
    assert note.opened(other, ORIGIN, [LOG]) == POINT


@given(st.integers(0, len(SIGNED) - 1), st.characters(codec="utf-8"))
def test_no_change_of_one_character_is_accepted(position: int, character: str) -> None:
    changed = SIGNED[:position] + character + SIGNED[position + 1 :]
    if changed == SIGNED:
        return
    with pytest.raises(note.NoteError):
        note.opened(changed, ORIGIN, [LOG])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"a\n01\n{'A' * 43}=\n",
        f"a\n-1\n{'A' * 43}=\n",
        f"a\n1\n{'A' * 42}B=\n",
        f"a\n1\n{'A' * 40}\n",
        f"a\n1\n{'A' * 43}=\nmore\n",
        f"\n1\n{'A' * 43}=\n",
        f"a\n٣\n{'A' * 43}=\n",
        f"a\n{'9' * 30}\n{'A' * 43}=\n",
    ],
)
def test_a_text_that_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(note.NoteError):
        note.checkpoint(text)


@pytest.mark.parametrize(
    "raw", ["", "a\n", "a\n\n", "a\n\nb\n", "a\n\n— n AAAA", "a\n\n— n\n", "a\n\n— n AAAA\n", "a\x00\n\n"]
)
def test_a_text_that_is_not_a_note_is_refused(raw: str) -> None:
    with pytest.raises(note.NoteError):
        note.parse(raw)


def test_a_key_text_with_a_foreign_id_is_refused() -> None:
    assert note.verifier(LOG.vkey()) == LOG
    assert note.verifier(WITNESS.vkey()) == WITNESS
    for text in (
        LOG.vkey().replace("+", "+0", 1),
        LOG.vkey()[:-1],
        "",
        "a b+00000000+AAAA",
        LOG.vkey() + "A",
    ):
        with pytest.raises(note.NoteError):
            note.verifier(text)
