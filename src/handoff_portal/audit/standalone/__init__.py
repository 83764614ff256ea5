"""The verifier that strangers run: five modules of plain Python that travel as one file in every export."""

from importlib.resources import files

_PARTS = ("proofs.py", "layout.py", "anchors.py", "checks.py", "command.py")
_STANDARD = ("import ", "from typing ")
_HEAD = '''#!/usr/bin/env python3
"""Check an export of a Handoff Portal log. Needs Python 3.8 or newer and nothing else.

    python3 verify.py BUNDLE.zip [--vkey KEY] [--witness KEY] [--old-checkpoint FILE] [--json]

Exit code 0: everything holds. 2: something is false. 3: something is missing, so not all could be checked.
Without --vkey the log's key is taken from the bundle itself: compare it with one you were given another way.
Of time stamps (RFC 3161) it checks what they are over, and prints the openssl command that checks who signed.
"""

from __future__ import annotations

'''


def script() -> str:
    """The text of `verify.py`: the modules joined, without what they import from each other."""
    texts = [(files(__package__) / part).read_text(encoding="utf-8") for part in _PARTS]
    bodies = [text.split("# begin\n", 1) for text in texts]
    heads = {line for head, _ in bodies for line in head.splitlines() if line.startswith(_STANDARD)}
    return _HEAD + "\n".join(sorted(heads)) + "\n" + "".join(body for _, body in bodies)
