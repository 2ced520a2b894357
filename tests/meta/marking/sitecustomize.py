"""Names the semaphores of an interpreter after the run it belongs to: its children take the name over."""

import os
from multiprocessing import process

process.current_process()._config["semprefix"] = "/" + os.environ["QUEUESPEC_META_RUN"][:8]
