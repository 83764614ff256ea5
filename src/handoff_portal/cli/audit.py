"""The log from the command line: export it, verify a bundle."""

import click


@click.group()
def audit() -> None:
    """Export and verify the log."""
