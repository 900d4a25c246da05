"""A disk that can be filled: a file system of its own in a folder. Needs root."""

import os
import subprocess


def small_disk(folder, size):
    """False where that cannot be."""
    os.makedirs(folder, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "sekisho-test", folder],
                          capture_output=True, check=False)
    return done.returncode == 0


def end_disk(folder):
    subprocess.run(["umount", "-l", folder], check=False)


def fill_up(path):
    filler = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    for piece in (b"x" * 4096, b"x"):
        try:
            while True:
                os.write(filler, piece)
        except OSError:
            pass
    os.close(filler)
