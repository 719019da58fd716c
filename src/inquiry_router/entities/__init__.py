"""Entities in an inquiry: numbers, contacts, dates, quantities, danger, insistence, people."""
