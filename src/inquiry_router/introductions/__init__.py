"""The salesperson's own door: what reaches them is taken over, and the customer meets the team."""
