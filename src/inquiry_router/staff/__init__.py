"""Staff: our agents and salespeople, their absences and substitutes."""
