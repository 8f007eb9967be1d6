"""Run the main job on the bundled sample archive and print the report.

``make report`` runs this. It fetches both halves of ``data/sample`` into a store of its
own, then asks for the two stories it holds, and for the recorded week whose only
military aircraft is no surveillance aircraft. The first failing command ends it.
"""

import argparse
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
SAMPLE = TOP / "data" / "sample"
QUESTIONS = (
    ("report", "--since", "2025-01-26", "--until", "2025-02-08"),
    ("tail", "CBP113"),
    ("report", "--since", "2020-09-08", "--until", "2020-09-15"),
)


def main() -> int:
    """Fetch the sample, then print each answer under the command that gives it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True, help="directory for the store")
    store = parser.parse_args().store
    onstation = [sys.executable, "-m", "onstation", "--store", str(store)]
    sources = [
        word for half in ("recorded", "reconstructed") for word in ("--source", str(SAMPLE / half))
    ]
    status = subprocess.run([*onstation, "--quiet", "fetch", *sources], check=False).returncode
    if status:
        return status
    for question in QUESTIONS:
        print(f"\n$ onstation {' '.join(question)}\n", flush=True)
        status = subprocess.run([*onstation, *question], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
