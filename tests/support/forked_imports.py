"""Imported once by the interpreter whose forks are runs of the program (`forked.py`)."""

import gc
import os
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages

import onstation

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the program has it; a thread does not outlive a fork

LIBRARIES = ("numpy", "scipy.special", "shapely", "yaml", "rich.console", "rich.table")
"""What modules of ours import only once they need it, most often."""

for module in walk_packages(onstation.__path__, "onstation."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
for name in LIBRARIES + (("distributed",) if find_spec("distributed") else ()):
    import_module(name)
gc.collect()
gc.freeze()  # no fork looks through, and so copies, what is there for good
