"""What the desk shows: places in the queue, what is to be done, the customer masked. Pure."""
