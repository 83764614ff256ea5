"""What people do: log a contact, place and lift holds, write to the other side, read the one timeline."""
