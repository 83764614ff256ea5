"""What strangers send, read at arm's length: opened only inside confined child processes."""
