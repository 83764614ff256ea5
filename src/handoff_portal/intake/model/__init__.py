"""What a draft says, whether it is ready, what a receipt proves. Pure."""
