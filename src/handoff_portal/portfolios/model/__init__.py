"""What a portfolio file says: columns, cells, accounts and what is wrong with them. Pure."""
