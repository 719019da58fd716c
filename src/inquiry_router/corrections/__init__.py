"""Corrections: a person says what was right."""
