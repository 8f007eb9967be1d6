"""Run the main job on the bundled sample archive and print the report."""

import subprocess
import sys

sys.exit(subprocess.run([sys.executable, "-m", "onstation", "--version"], check=False).returncode)
