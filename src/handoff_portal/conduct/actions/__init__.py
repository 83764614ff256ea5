"""What people do with templates: write, approve, retire, fill."""
