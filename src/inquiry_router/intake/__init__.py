"""1. Recognise repeats, clean the inquiry, find the customer's own part."""
