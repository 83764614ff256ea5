"""The `handoff-portal` command: one group, one module per subject, errors in one line with the mend."""

import sys

import click
from sqlalchemy.exc import OperationalError
from typing_extensions import override

from handoff_portal.adapters.postgres import EmbeddedPostgresError
from handoff_portal.adapters.processes import ProcessError
from handoff_portal.cli.audit import audit
from handoff_portal.cli.keys import keys
from handoff_portal.cli.organisations import organisation, person, totp
from handoff_portal.cli.running import demo, migrate, serve, worker
from handoff_portal.core.refusals import Refusal
from handoff_portal.settings import BadSettings


class _Group(click.Group):
    """Turns what can go wrong into one line and an exit code other than 0."""

    @override
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BadSettings as bad:
            raise click.ClickException(
                "The environment has mistakes:\n  " + "\n  ".join(bad.mistakes)
            ) from bad
        except Refusal as refusal:
            raise click.ClickException(refusal.say) from refusal
        except (EmbeddedPostgresError, ProcessError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            line = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database does not answer: {line}") from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Handoff Portal: hand overdue accounts to licensed agencies, with respect for the customer."""


for command in (demo, serve, worker, migrate, organisation, person, totp, keys, audit):
    group.add_command(command)


def main() -> None:
    """Run the command line; the entry point of the package."""
    sys.exit(group(prog_name="handoff-portal"))
