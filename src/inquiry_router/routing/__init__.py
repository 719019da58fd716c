"""The decision: team, priority and due time of an inquiry."""
