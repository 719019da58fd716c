"""What vendors send: webhooks, events with details to fetch, tickets whose webhook never came."""
