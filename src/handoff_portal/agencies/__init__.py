"""The agencies one can hand a case to: who they are, what they value, and where they may work."""
