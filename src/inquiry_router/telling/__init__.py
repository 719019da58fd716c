"""Tells people and customers: what, in which words, by which channel, and when."""
