"""The record of everything that admins, managers and agents did, in a chain of hashes."""
