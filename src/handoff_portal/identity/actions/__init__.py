"""What people do to get in, stay in and let others in."""
