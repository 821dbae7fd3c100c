"""`make bench`: measures on this machine and prints a table; exit code 1 where a promise was missed."""

import asyncio
import sys

from bench import alerts
from bench.table import table

if __name__ == "__main__":
    rows = asyncio.run(alerts.measure())
    print(table(rows))
    sys.exit(any(row.missed for row in rows))
