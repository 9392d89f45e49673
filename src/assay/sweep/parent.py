"""What a process that works for another does when that one is killed."""

import os
import threading
import time


def leave_with(parent: int) -> None:
    """End this process when its parent is gone: a command that is killed leaves nothing running."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
