"""Assignment: which of our people gets an inquiry, fairly and without two at once."""
