"""The command line: one parser, and a module for each command with `add_arguments` and `run`."""
