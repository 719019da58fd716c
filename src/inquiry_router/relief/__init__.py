"""The price of the old habit, and what is saved since: calls, mails, diaries, bypasses."""
