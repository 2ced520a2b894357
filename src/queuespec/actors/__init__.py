"""What runs in the judged Python: standard library only, Python 3.9 and later, and nothing else of this package."""
