"""Words shared by every feature: who acts, what may be done, what happened, what was refused, how much. Pure."""
