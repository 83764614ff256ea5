"""Pages of the directory, of licences and of assurance reports."""
