"""The log is complete, ordered and cannot be changed unnoticed."""
