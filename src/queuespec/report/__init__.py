"""Output for people: the table of a run, what changed between two, and the specification as a document."""
