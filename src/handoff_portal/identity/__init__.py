"""Who people are: organisations, invitations, signing in with two factors, sessions, and proving it again."""
