"""Where track history is published: a module a source, each with its record `PROVIDER`."""
