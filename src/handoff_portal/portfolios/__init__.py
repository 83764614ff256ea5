"""Portfolios: thousands of accounts with their files in one upload, read, checked, mended and committed."""
