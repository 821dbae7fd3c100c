"""HTTP: what is asked of Tocsin from outside Slack, and what Slack asks over HTTP."""
