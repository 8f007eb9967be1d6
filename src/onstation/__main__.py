"""Let ``python -m onstation`` do what ``onstation`` does."""

from onstation.cli.main import run

if __name__ == "__main__":
    run()
