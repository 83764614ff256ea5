"""Personal data as it stands on a page until somebody reveals it with a reason (ASVS 5.0 14.2.6)."""

DOT = "•"


def mask_name(name: str) -> str:
    """First letter of each word, then dots of a fixed number: the length is not told."""
    return " ".join(word[0] + DOT * 3 for word in name.split()) or DOT * 3


def mask_email(address: str) -> str:
    """First letter and the top-level domain: `m•••@•••.sg`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}{DOT * 3}@{DOT * 3}.{domain.rpartition('.')[2]}"


def mask_phone(number: str) -> str:
    """The last two digits."""
    return DOT * 6 + number[-2:]


def mask_text(text: str) -> str:
    """Nothing of it, but that it is there."""
    return DOT * 6 if text else ""
