"""The results of a day as Markdown."""

from __future__ import annotations

from tests.load.day import Day

HEAD = (
    "kind of request", "requests", "median", "95 %", "99 %", "longest",
    "in the site", "processor", "database", "waiting for a lock", "statements",
)  # fmt: skip


def latencies(day: Day) -> str:
    """A line for each kind of request; milliseconds. The last five are means of the server's."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---" + "|---:" * (len(HEAD) - 1) + "|"]
    for row in day.results["rows"]:
        parts = [row[name] for name in ("median", "p95", "p99", "max", "app", "cpu", "db", "lock")]
        cells = [row["name"], row["requests"], *(f"{value or 0:.0f}" for value in parts)]
        lines.append("| " + " | ".join(map(str, [*cells, f"{row['queries']:.0f}"])) + " |")
    return "\n".join(lines)


def summary(day: Day) -> str:
    """What was done, what went wrong, who worked hardest."""
    told, results, plan = day.diary, day.results, day.plan
    waits = sorted(day.waits.items(), key=lambda pair: -pair[1])[:4]
    lines = [
        f"- {plan.monitors} monitors, {plan.editors} editors, {plan.readers} analysts for "
        f"{plan.seconds:.0f} s at {plan.rate:g} times the pace of people; {day.server}, 2 workers",
        f"- {results['requests']} requests, {results['requests'] / results['seconds']:.0f} a "
        f"second; at most {results['most_waiting']} people waited for an answer at once",
        f"- without a good answer: {results['failed']}"
        + "".join(f"; {text}" for text in results["failures"][:5]),
        f"- acknowledged: {len(told['submitted'])} cards, {len(told['drafts'])} drafts, "
        f"{len(told['files'])} files; missing or twice: {len(day.lost)}; refused: "
        f"{len(day.refused)}",
        "- processor, of one core: "
        + ", ".join(f"{name} {share:.0%}" for name, share in day.cpu.items()),
        f"- memory of the workers at most: {day.memory / 2**20:.0f} MB",
    ]
    if waits:
        lines.append(
            "- PostgreSQL, seen each second: " + ", ".join(f"{what} {n}" for what, n in waits)
        )
    return "\n".join(lines)
