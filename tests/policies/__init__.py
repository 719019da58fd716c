"""Policies that are not in force."""
