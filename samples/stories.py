"""The stories of stories.toml as steps in order."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_SAID = tomllib.loads(Path(__file__).with_name("stories.toml").read_text())
_HELLO, _BYE = "Dear {contact},\n\n", "\n\nKind regards,\n{clerk}\nAccounts, {business}\n{phone}"


@dataclass(frozen=True, slots=True)
class Step:
    """One contact. `day` counts from the first due date; `text` may use {names}; `promise` is in percent."""

    day: int
    way: str
    text: str
    channel: str = "email"
    stage: str | None = None
    subject: str = "Re: {last_subject}"
    outcome: str | None = None
    promise: int = 0

    def whole(self) -> str:
        """Return the text with greeting and signature, if it is a mail."""
        if self.channel != "email":
            return self.text
        return _HELLO + self.text + _BYE if self.way == "out" else f"{self.text}\n\n{{contact}}"


def _step(said: dict[str, object]) -> Step:
    fields = _SAID["common"][said["use"]] if "use" in said else said
    step = Step(**fields)
    return Step(**fields | {"subject": "Telephone call"}) if step.channel == "call" else step


STORIES: dict[str, tuple[Step, ...]] = {
    name: tuple(_step(said) for said in steps) for name, steps in _SAID["story"].items()
}
HARDSHIP: dict[str, str] = _SAID["hardship"]
WISHES: list[str] = _SAID["words"]["wishes"]
SPANISH_REPLY: str = _SAID["words"]["reply_es"]
