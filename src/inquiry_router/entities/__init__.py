"""The facts in an inquiry: numbers, contacts, dates, quantities, danger, urgency, and who recommended whom."""
