"""`make bench`: measures on this machine and prints a table; exit code 1 where a promise was missed.

Only some of it: `make bench WHAT="pages subscribers"`.
"""

import asyncio
import sys

from bench import acknowledging, alerts, declaring, grown, mirroring, pages, remembering, sandbox, subscribers
from bench.table import table

if __name__ == "__main__":
    measured = (mirroring, acknowledging, declaring, grown, remembering, alerts, pages, subscribers, sandbox)
    chosen = {each.__name__.rpartition(".")[2]: each for each in measured}
    wanted = sys.argv[1:] or list(chosen)
    rows = []
    for name in wanted:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += asyncio.run(chosen[name].measure())
    print(table(rows))
    sys.exit(any(row.missed for row in rows))
