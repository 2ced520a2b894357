"""The judge's view of the actors: processes are started, make calls, and are waited for with deadlines. No pytest."""
