"""What could not be read, said once each, in the order in which it was noticed."""

from dataclasses import dataclass, field

MOST = 40


@dataclass
class Notes:
    """A growing list of distinct sentences, at most forty."""

    _said: dict[str, None] = field(default_factory=dict)

    def add(self, sentence: str) -> None:
        """Remember one sentence."""
        if len(self._said) < MOST:
            self._said[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        """Return what was said."""
        return tuple(self._said)
