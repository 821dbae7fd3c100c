"""What people type after /incident: one module a word."""
