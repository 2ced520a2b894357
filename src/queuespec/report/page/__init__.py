"""Results and the specification as a static site: plain files, for a disk or any server.

`build.build` writes all of it. What is loaded only when it is needed is a page of its own, or a script that a page
adds: a page that was opened from a disk can load nothing else.
"""
