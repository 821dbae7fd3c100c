"""What people read: pure functions from the domain to Block Kit."""
