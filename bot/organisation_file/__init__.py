"""The organisation as one YAML file: read with faults named by line, written back, and compared in plain words."""
