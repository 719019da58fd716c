"""Evaluate decisions on labelled inquiries."""
