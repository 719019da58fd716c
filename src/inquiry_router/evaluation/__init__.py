"""Judging decisions on labelled inquiries."""
