"""A Slack workspace on your own machine, for trying and testing Slack apps.

It keeps Slack's published rules (docs.slack.dev) and knows nothing of the app that talks to it.
"""
