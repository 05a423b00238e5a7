"""File systems of their own in image files, which can lose power: what was not flushed is gone after a cut."""

import fcntl
import os
import shutil
import struct
import subprocess

from brokers import wait_for

# _IOR('X', 125, u32), the same request for ext4, xfs and f2fs; 2 is "do not even write the journal out".
SHUTDOWN = 0x8004587D
WITHOUT_LOG_FLUSH = 2


class LoopFileSystem:
    """One loop-mounted file system. The image stays; cut() and mount() play a power cut and the start after it."""

    def __init__(self, folder, name, kind="ext4", mebibytes=1024):
        self.kind = kind
        self.image = os.path.join(folder, name + ".img")
        self.path = os.path.join(folder, name)
        os.makedirs(self.path)
        with open(self.image, "wb") as image:
            image.truncate(mebibytes << 20)
        quiet = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"]}[kind]
        if shutil.which(quiet[0]) is None:
            raise SystemExit(f"{quiet[0]} is not installed")
        subprocess.run([*quiet, self.image], check=True)
        self.mounted = False
        self.mount()

    def mount(self):
        # A journal that is written once in five minutes hides nothing that was not flushed.
        options = "loop,commit=300" if self.kind == "ext4" else "loop"
        subprocess.run(["mount", "-t", self.kind, "-o", options, self.image, self.path], check=True)
        self.mounted = True

    def cut(self):
        """The power goes: nothing more reaches the disk, and the page cache is lost with the unmount."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))
        finally:
            os.close(handle)

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", self.path], check=True)
            wait_for(f"{self.image} to be let go of", 10, self.is_free)
            self.mounted = False

    def is_free(self):
        """Mount namespaces of processes that were killed end a moment after them, and have it mounted until then."""
        using = subprocess.run(["losetup", "--associated", self.image], capture_output=True, text=True, check=True)
        return not using.stdout.strip()

    def remove(self):
        self.unmount()
        if os.path.exists(self.image):
            os.remove(self.image)
