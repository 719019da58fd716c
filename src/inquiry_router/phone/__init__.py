"""A call on the telephone: who rings, what for, and what he is to experience next."""
