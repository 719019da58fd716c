"""Calls in progress: answered in time whatever is down, stored, converted into inquiries."""
