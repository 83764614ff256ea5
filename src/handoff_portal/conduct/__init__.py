"""The conduct check: whether words to a customer are respectful, and how to put them more kindly."""
