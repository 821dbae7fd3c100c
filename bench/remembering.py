"""Memory: how much the bot holds after what is an hour's worth of messages, and whether that still grows."""

from pathlib import Path

from bench.mirroring import talking
from bench.table import Row

MESSAGES = 100_000
STEPS = 4
"""Parts of them after which is looked."""
FLAT = 10
"""MiB that the second half of them may add: what Python's memory moves up and down by itself."""


async def measure() -> list[Row]:
    async with talking() as (running, conversation):
        pid = running.processes[0].pid
        held = [resident(pid)]
        for step in range(STEPS):
            await conversation.until_said(MESSAGES * (step + 1) // STEPS)
            held.append(resident(pid))
    return [
        Row("memory before anything is said", held[0], "MiB"),
        Row(f"after {MESSAGES // 2:,} messages", held[STEPS // 2], "MiB"),
        Row(f"after {MESSAGES:,} messages", held[-1], "MiB", at_most=150),
        Row("by which the second half of them added", held[-1] - held[STEPS // 2], "MiB", at_most=FLAT),
    ]


def resident(pid: int) -> float:
    """The memory that process ``pid`` holds, in MiB: https://docs.kernel.org/filesystems/proc.html"""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} is no more")
