"""What things are and what they may do: pure, synchronous, no I/O."""
