"""Measure the portal against the least that the same parts could do: `python -m bench`; see docs/bench.md."""
