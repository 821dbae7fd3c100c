"""The domain core: what an incident is and what people may do with it.

Plain Python: no Slack, no SQL, no HTTP, no clock of its own.
"""
