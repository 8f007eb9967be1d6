"""How answers look as text for people: on a terminal, in a pipe, in Markdown.

Read `grid` (lines and tables before they are laid out) and `layout` (their widths) with
`drawing` (what needs rich), then `answers` (each answer), `rows` (mission rows),
`claims` (published figures), `markdown` (a report). Functions return text; nothing is printed.
"""
