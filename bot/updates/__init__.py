"""Status updates in Slack: drafts that are shown, approved and sent back, reminders, and what goes out at its time."""
