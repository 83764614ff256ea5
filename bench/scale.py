"""How much is measured: the whole run, or a quick one that only shows that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run.

    Attributes:
        rounds: Pairs of runs per figure.
        file_bytes: Size of a file in repeated runs.
        large_file_bytes: Size of the one large file.
        cases: Cases in the small and in the large database.
        load_seconds: How long each run of page requests or changes lasts.
        connections: Requests at the same time.
        accounts: Accounts in a small, the usual, and a large portfolio.
    """

    rounds: int
    file_bytes: int
    large_file_bytes: int
    cases: tuple[int, int]
    load_seconds: float
    connections: int = 8
    accounts: tuple[int, int, int] = (10_000, 100_000, 200_000)


WHOLE = Scale(7, 256 * 1024**2, 1024**3, (10_000, 1_000_000), 5.0)
QUICK = Scale(3, 32 * 1024**2, 64 * 1024**2, (1_000, 20_000), 1.0, accounts=(1_000, 3_000, 6_000))
