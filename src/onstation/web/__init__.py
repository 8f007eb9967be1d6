"""The network: one door, what its answers amount to, and connections that end in time.

Read `records` first: how patient the door is, and what it hands over. `door` asks, `answers`
says what came back, `wire` makes the connections.
"""
