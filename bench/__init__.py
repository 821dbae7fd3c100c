"""How quick Tocsin is, measured on this machine: `make bench`."""
