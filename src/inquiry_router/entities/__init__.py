"""Entities in an inquiry: numbers, contacts, dates, quantities, danger, urgency, people."""
