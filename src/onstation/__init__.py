"""Count surveillance missions over a region from public ADS-B track history.

The command line is in `onstation.cli`; the steps behind it are in
`onstation.pipeline`. Importing this package reads no file and touches nothing.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
