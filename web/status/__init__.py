"""The status pages: what customers read, made of nothing but what was approved for them."""
