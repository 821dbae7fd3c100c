"""Paging: who is called when, the direct message that calls them, and what they answer."""
