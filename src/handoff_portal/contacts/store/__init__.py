"""Rows of communications, holds, promises and notes."""
