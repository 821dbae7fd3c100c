"""What Slack's answers and deliveries look like, as types: which fields there are, which are always there.

They are written from docs.slack.dev/reference, and hold nothing that Slack does not give; the sandbox's own tests hold
every answer and delivery against them, and an app's may.
"""

from sandbox.schema.holding import check_answer, check_delivery

__all__ = ["check_answer", "check_delivery"]
