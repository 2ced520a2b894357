"""pytest's side: options, collection, the nouns of a test, verdicts, and the run as a whole."""
