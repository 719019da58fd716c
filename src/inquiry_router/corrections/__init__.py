"""Corrections of decisions by people, and the links by which agents make them."""
