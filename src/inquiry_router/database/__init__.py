"""Engines, transactions and group commit. The SQL itself is in the `store.py` of each room."""
