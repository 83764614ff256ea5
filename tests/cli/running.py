"""The `handoff-portal` command in tests: called with an environment of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from click.testing import CliRunner, Result

from handoff_portal.cli import group

WITHOUT = ("HANDOFF_MODE", "HANDOFF_PUBLIC_URL", "HANDOFF_DATABASE_URL", "HANDOFF_KEYS", "HANDOFF_OBJECTS")


def command(*words: str, environment: Mapping[str, str] | None = None) -> Result:
    """What the command answers to these words in this environment."""
    env = dict.fromkeys(WITHOUT) | dict(environment or {})
    return CliRunner().invoke(group, list(words), env=env, prog_name="handoff-portal")


@dataclass(frozen=True)
class House:
    """A portal that was set up by commands alone."""

    environment: dict[str, str]

    def run(self, *words: str) -> str:
        """The output of a command that must succeed."""
        ran = command(*words, environment=self.environment)
        assert ran.exit_code == 0, ran.output + str(ran.exception)
        return ran.stdout
