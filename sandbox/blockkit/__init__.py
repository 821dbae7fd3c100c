"""Slack's published Block Kit rules, checked on every message, form and Home tab.

Written from docs.slack.dev/reference/block-kit alone, independently of the libraries that apps build blocks with.
"""
