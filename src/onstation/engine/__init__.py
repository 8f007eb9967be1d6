"""Where tasks run: in other processes of this machine, or on a cluster.

`processes` and `cluster` do the same two things in two places: read the day tasks of
`onstation.pipeline.day_task`, and judge the addresses of `onstation.pipeline.crew`.
"""
