"""The `handoff-portal` command: one group, one module per subject, errors in one line with the mend."""

import sys

import click
import psycopg
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from handoff_portal.adapters.postgres import EmbeddedPostgresError
from handoff_portal.adapters.processes import ProcessError
from handoff_portal.cli.audit import audit
from handoff_portal.cli.conduct import conduct
from handoff_portal.cli.guard import guard
from handoff_portal.cli.intake import intake
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
        except DBAPIError as error:
            raise click.ClickException(_database_says(error.orig)) from error
        except psycopg.Error as error:
            raise click.ClickException(_database_says(error)) from error


def _database_says(error: BaseException | None) -> str:
    """What the database refused, in one line with the mend."""
    line = next(iter(str(error).strip().splitlines()), "it gave no reason")
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return f"The database is older than this version ({line}); run handoff-portal migrate."
    if isinstance(error, psycopg.OperationalError):
        return f"The database does not answer: {line}"
    return f"The database refused: {line}"


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: handoff-portal demo --port 8080",
)
def group() -> None:
    """Handoff Portal: hand overdue accounts to licensed agencies, with respect for the customer."""


COMMANDS = (demo, serve, worker, migrate, organisation, person, totp, keys, audit, guard, conduct, intake)
for command in COMMANDS:
    group.add_command(command)


def main() -> None:
    """Run the command line; the entry point of the package."""
    sys.exit(group(prog_name="handoff-portal"))
