"""What admins have set: teams, policy, destinations, API keys. Loaded as one immutable snapshot that every request reads."""
