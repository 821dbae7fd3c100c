"""`make bench`: measures on this machine and prints a table; exit code 1 where a promise was missed.

Only some of it: `make bench WHAT="pages subscribers"`.
"""

import asyncio
import sys

from bench import alerts, pages, sandbox, subscribers
from bench.table import table

if __name__ == "__main__":
    chosen = {each.__name__.rpartition(".")[2]: each for each in (alerts, pages, sandbox, subscribers)}
    wanted = sys.argv[1:] or list(chosen)
    rows = [row for name in wanted for row in asyncio.run(chosen[name].measure())]
    print(table(rows))
    sys.exit(any(row.missed for row in rows))
