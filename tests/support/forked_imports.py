"""Imported once by the interpreter whose forks are runs of the program (`forked.py`)."""

import gc
import os
from importlib import import_module
from importlib.util import find_spec

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the program has it; a thread does not outlive a fork

LIBRARIES = ("numpy", "shapely", "yaml", "rich.console", "rich.table", "onstation.cli.main")
"""What most runs need; with all that any run needs, each fork would cost more than it saves."""

for name in LIBRARIES + (("distributed",) if find_spec("distributed") else ()):
    import_module(name)
gc.collect()
gc.freeze()  # no fork looks through, and so copies, what is there for good
