"""What Slack sends to the app: events, commands and interactions, over Socket Mode or HTTP.

`events` decides what the app hears, `payloads` how it is written, `courier` keeps the rules of acknowledging.
"""
