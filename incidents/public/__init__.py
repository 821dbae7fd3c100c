"""What the public may know, and nothing else: it imports nothing of the incidents it came from."""
