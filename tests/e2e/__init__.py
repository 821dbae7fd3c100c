"""The real bot over a real socket, on a real database, in the sandbox workspace; people act, and see."""
