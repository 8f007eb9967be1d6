"""The command line: parse, call the pipeline, draw what it returns."""
