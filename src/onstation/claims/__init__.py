"""Published figures: read from a file, each with its source, checked as a whole."""
