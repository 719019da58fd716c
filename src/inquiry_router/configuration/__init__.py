"""The settings of admins: teams, policy, phone, destinations, sources, API keys.

Requests read them as one immutable snapshot.
"""
