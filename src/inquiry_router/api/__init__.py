"""The front desk: one file a door. Reads requests, calls the journey or a store, writes answers; decides nothing."""
