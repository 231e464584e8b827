"""What keeps anybody out of a page, by axe. A page of the same make is not asked twice, nor are words painted in the same way.

The contrast of colours is four fifths of axe's time, so it is asked of the first words of each kind only: the same elements
with the same classes from the body down. They are found and looked at in one go, because a page may change itself meanwhile.
"""

from collections import defaultdict
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SCRIPT = Axe().axe_script
MAKE = """location.pathname.replace(/[0-9]+|[^/]{20,}/g, "") + [...new Set([...document.querySelectorAll("body *")].map(
    (each) => [each.parentElement.tagName, each.tagName, each.getAttribute("class"), each.textContent.trim() ? "x" : "",
        ...[...each.attributes].map((one) => one.name).sort()].join(" ")))].sort().join("|")"""
COLOURS = """async (known) => {
    const before = new Set(known), found = new Map();
    const named = (each) => each.tagName + "." + (each.getAttribute("class") || "");
    for (const each of document.querySelectorAll("body *")) {
        const words = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!(words || each.matches("input, select, textarea")) || !each.checkVisibility()) continue;
        let line = [...each.attributes].map((one) => one.name).sort().join(" ");
        for (let up = each; up && up !== document.body; up = up.parentElement) line += " < " + named(up);
        let key = 7;
        for (const sign of line) key = (key * 31 + sign.codePointAt(0)) % 9007199254740;
        if (!before.has(key) && !found.has(key)) found.set(key, each);
    }
    if (!found.size) return {fresh: [], violations: []};
    const answer = await axe.run({include: [...found.values()]}, {
        resultTypes: ["violations"], preload: false, runOnly: ["color-contrast"]});
    return {fresh: [...found.keys()], violations: answer.violations};
}"""
RULES = """async () => (await axe.run({
    resultTypes: ["violations"], preload: false, rules: {"color-contrast": {enabled: false}}})).violations"""


class Looked:
    """What axe has been through, by the width of the window."""

    def __init__(self) -> None:
        self._makes: defaultdict[int, set[str]] = defaultdict(set)
        self._painted: defaultdict[int, set[int]] = defaultdict(set)

    def violations(self, page: Any) -> list[Any]:
        """axe's violations on this page, of what has not been looked at yet."""
        width = page.viewport_size["width"]
        makes, painted, made = self._makes[width], self._painted[width], page.evaluate(MAKE)
        page.evaluate(SCRIPT)
        coloured = page.evaluate(COLOURS, sorted(painted))
        painted.update(coloured["fresh"])
        if made in makes:
            return list(coloured["violations"])
        makes.add(made)
        return [*page.evaluate(RULES), *coloured["violations"]]
