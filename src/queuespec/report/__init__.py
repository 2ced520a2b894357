"""What people read: the table of a run, and the documents made from rules and results."""
