"""Alerts in Slack: their messages, storms of them, what people press on them, and those that declare by themselves."""
