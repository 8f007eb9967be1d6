"""Where day tasks run: in other processes of this machine, or on a cluster."""
