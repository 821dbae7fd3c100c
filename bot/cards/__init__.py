"""What people see: pure functions from the domain to Block Kit, for messages, modals and the Home tab."""
