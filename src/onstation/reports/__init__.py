"""What is told: counts against the norm, rows, pages and pictures."""
