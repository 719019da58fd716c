"""Referrals: who recommended whom, their states, credit, rewards, hints and the board."""
