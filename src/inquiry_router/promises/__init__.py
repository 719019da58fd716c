"""Promises: the clocks, reminders and escalations, alarms, and the law that nobody is in limbo."""
