"""Learn from a company's corrections and own categories.

The result is a new head, which is judged before it is used.
"""
