"""What people fill in: one module a modal."""
