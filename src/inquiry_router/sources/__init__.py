"""Requests of vendors: webhooks, events with details to fetch, reconciliation."""
