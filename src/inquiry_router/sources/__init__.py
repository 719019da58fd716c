"""Requests of vendors: webhooks, events to fetch, reconciliation; and mailboxes that are read."""
