"""Calls as they go on: answered in time whatever is down, remembered between steps, become inquiries and callbacks."""
