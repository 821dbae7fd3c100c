"""Slack: what people type, press and read."""
