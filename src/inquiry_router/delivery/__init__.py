"""Handing decisions over: the outbox, when to try again, when to give up, and where a request may go at all."""
