"""What people do with a case itself: begin it, find it, open it, reveal a person in it."""
