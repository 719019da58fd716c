"""Record events of inquiries, each in one transaction with its timeline and deliveries."""
