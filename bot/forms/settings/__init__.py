"""The forms of Home, Settings: one module a kind of thing that the organisation is made of."""
