"""The network: one door, what its answers amount to, and connections that end in time."""
