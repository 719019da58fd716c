"""Accounts: companies that are customers, their contact points, and our people for them."""
