"""Write the list of common passwords anew: sorted SHA-1 prefixes of the frequency list of zxcvbn (MIT).

    pip install zxcvbn && python infra/blocklist.py

Prefixes instead of words keep the package small and free of rude text. Five bytes let about one good
password in forty million be refused by accident.
"""

import sys
from hashlib import sha1
from pathlib import Path

PREFIX_BYTES = 5
SHORTEST = 6
LIST = Path(__file__).resolve().parents[1] / "src/handoff_portal/adapters/common_passwords.sha1"


def main() -> None:
    """Read the list of the installed package, write ours."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-not-found] # noqa: PLC0415

    words = FREQUENCY_LISTS["passwords"]
    words = words.split(",") if isinstance(words, str) else words
    common = {word.casefold() for word in words if len(word) >= SHORTEST}
    prefixes = {sha1(word.encode(), usedforsecurity=False).digest()[:PREFIX_BYTES] for word in common}
    LIST.write_bytes(b"".join(sorted(prefixes)))
    sys.stdout.write(f"{len(prefixes)} passwords\n")


if __name__ == "__main__":
    main()
