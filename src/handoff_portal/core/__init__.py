"""Words shared by every feature: who acts, may, did; what was refused; how much. Pure."""
