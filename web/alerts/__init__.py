"""What each monitoring tool posts, one module a tool: its payload as it documents it, read into signals."""
