"""What people do to hand a case over and to get it back."""
