"""The incident's channel: naming, opening, inviting, mirroring, catching up, closing."""
