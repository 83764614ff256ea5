"""The conduct check's words, features, patterns and verdicts.

Pure: the data files of this package are its only input.
"""
