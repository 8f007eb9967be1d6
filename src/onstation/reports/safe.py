"""Text that came from a feed, made harmless for where it is shown.

Callsigns, registrations and operators are typed by strangers. None of them may steer a
terminal, a page, a spreadsheet or a table of Markdown.
"""

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, or skips on the way to one.

The last four are the wide forms of the first four, which some take for them.
"""

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~!])")


def drawn(text: str) -> str:
    r"""Return text without anything a terminal obeys: controls, escapes, turned writing.

    >>> drawn("\x1b[31mRED\u202e")
    '\ufffd[31mRED\ufffd'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else REPLACEMENT for c in text)


def cell(text: str) -> str:
    """Return text as a spreadsheet's cell: never a formula, one line, no controls.

    >>> cell("=1+1"), cell("GRZLY01")
    ("'=1+1", 'GRZLY01')

    Blanks before a formula do not hide it: some spreadsheets cut them off.

    >>> cell(" =1+1")
    "' =1+1"
    """
    return ("'" if text.lstrip(" ").startswith(FORMULA) else "") + drawn(text)


def markup(text: str) -> str:
    """Return text for a page of HTML, inside or outside an attribute.

    >>> markup("<b>")
    '&lt;b&gt;'
    """
    import html  # brings a table of two thousand names, which a terminal has no use for

    return html.escape(drawn(text), quote=True)


def markdown(text: str) -> str:
    r"""Return text for a table of Markdown.

    >>> markdown("a|b")
    'a\\|b'
    """
    return _MARKDOWN.sub(r"\\\1", drawn(text)).replace("&", "&amp;")
