"""Readers of status pages: how they subscribe and leave, and how each is told, once."""
