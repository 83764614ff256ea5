"""What people look at: home, queue, one case, the person behind it once a reason is recorded."""
