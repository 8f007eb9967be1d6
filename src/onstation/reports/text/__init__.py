"""How answers look as text for people: on a terminal, in a pipe, in Markdown.

Read `layout` (lines, tables, widths), then `answers` (each answer), `rows` (mission rows),
`claims` (published figures), `markdown` (a report). Functions return text; nothing is printed.
"""
