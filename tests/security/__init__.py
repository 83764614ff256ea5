"""The walls, proved: who reaches what, which rows a role touches, what the log and the browser are told."""
