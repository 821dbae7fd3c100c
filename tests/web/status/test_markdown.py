"""A status update's Markdown: what customers see of it, as HTML and as text, and that nothing in it can do harm."""

import re
import time

import pytest

from web.status.markdown import to_html, to_text

HOSTILE = [
    "<script>alert(1)</script>",
    "<form action=https://evil.example><input name=password><button>Sign in</button></form>",
    "<img src=x onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<style>body{display:none}</style>",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](java\tscript:alert(1))",
    "[click](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "[click](vbscript:x)",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](file:///etc/passwd)",
    "[click](//evil.example/x)",
    "[click](/status/other)",
    '[click](https://good.example "onmouseover=alert(1)")',
    "![seen](https://evil.example/pixel.png)",
    "[![seen](https://evil.example/pixel.png)](https://good.example)",
    "![x](https://evil.example/\"onerror='alert(1)')",
    "![&lt;script&gt;](https://evil.example/x)",
    "[x]: javascript:alert(1)\n\n[x]",
    "```<script>\nalert(1)\n</script>```",
    "# <b onclick=alert(1)>x</b>",
    "<!-- --><base href=https://evil.example><meta http-equiv=refresh content=0>",
    "\x00<script\x00>",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_of_hostile_markdown_only_words_and_whole_links_are_left(body: str) -> None:
    html = to_html(body)
    elements = re.findall(r"<(/?[a-zA-Z!][^\s>]*)([^>]*)>", html)
    assert {name.strip("/") for name, _ in elements} <= {"p", "strong", "a", "code", "pre"}
    for name, attributes in elements:
        assert attributes == "" or re.fullmatch(
            r' href="https://(good|evil)\.example[^"]*" rel="nofollow noopener"', attributes
        ), (name, attributes)


@pytest.mark.parametrize("some", ["[", "![", "*a ", "_a*", "> ", "<", "`", "- ", "a**b", "[a](", "&lt;", "# "])
def test_a_huge_text_takes_no_long_time(some: str) -> None:
    began = time.process_time()
    to_html(some * 10_000)
    to_text(some * 10_000)
    assert time.process_time() - began < 5


def test_what_writers_use_is_shown() -> None:
    body = "## Cards\n**Some** cards _fail_.\nOthers `work`.\n\n- one\n- two\n\n> said\n\n<https://a.example/?x=1&y=2>"
    assert to_html(body) == (
        "<p><strong>Cards</strong></p>\n"
        "<p><strong>Some</strong> cards <em>fail</em>.<br>\nOthers <code>work</code>.</p>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        "<blockquote>\n<p>said</p>\n</blockquote>\n"
        '<p><a href="https://a.example/?x=1&amp;y=2" rel="nofollow noopener">https://a.example/?x=1&amp;y=2</a></p>\n'
    )


def test_as_text_it_reads_as_it_was_typed() -> None:
    body = """\
## Cards

**Some** cards _fail_, see [help](https://a.example/help) or <https://b.example>.
Write to <help@a.example>, or look at ![the graph](https://a.example/graph.png).

- one
- two
  more of two
  1. deep
  2. deeper
- three

1. first

   still the first
2. second

> said
> by somebody

```
code *as* it is
  indented
```
5 < 6 & 7 > 3
"""
    assert (
        to_text(body)
        == """\
Cards

Some cards fail, see help (https://a.example/help) or https://b.example.
Write to help@a.example, or look at the graph (https://a.example/graph.png).

- one
- two
  more of two
  1. deep
  2. deeper
- three

1. first

   still the first

2. second

> said
> by somebody

code *as* it is
  indented

5 < 6 & 7 > 3"""
    )


@pytest.mark.parametrize("body", ["", " \n ", "[x]: https://a.example"])
def test_nothing_is_nothing(body: str) -> None:
    assert (to_html(body).strip(), to_text(body)) == ("", "")
