"""What a business does until a case is submitted, and checking a receipt later."""
