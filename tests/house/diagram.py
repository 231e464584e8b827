"""The life of a measure as README shows it, made from the table. `python -m tests.house.diagram` prints it."""

import re

from fundapp.measures.lifecycle import STEPS, Status

BEGIN, END = "<!-- lifecycle -->", "<!-- /lifecycle -->"


def diagram() -> str:
    """Mermaid; one line per step and status it leads on from."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.DRAFT}"]
    for step in STEPS:
        for source in step.sources or ("[*]",):
            lines.append(f"    {source} --> {step.target}: {step.label}")
    last = [status for status in Status if not any(status in step.sources for step in STEPS)]
    lines += [f"    {status} --> [*]" for status in last]
    return "\n".join([*lines, "```"])


def printed(readme: str) -> str:
    """What stands between the two marks."""
    found = re.search(f"{BEGIN}\n(.*?)\n{END}", readme, re.DOTALL)
    assert found, f"README has no diagram between {BEGIN} and {END}"
    return found[1]


if __name__ == "__main__":
    print(f"{BEGIN}\n{diagram()}\n{END}")  # noqa: T201
