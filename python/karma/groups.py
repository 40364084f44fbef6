"""The control groups of Linux that this process is in: a container's limits are theirs."""

from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def own_groups(controller: str, groups: Path = MOUNTED, own: Path = OWN) -> list[tuple[int, Path]]:
    """(version, folder) of each group that limits this process by that controller (`memory`, `cpu`); none where there are no groups.

    `groups`: where they are mounted; `own`: which are this process's. A folder may be missing.
    """
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found: list[tuple[int, Path]] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            # Beside v1, v2 has a folder of its own.
            version, mounts = 2, [groups, groups / "unified"]
        elif controller in controllers.split(","):
            version, mounts = 1, [groups / controller]
        else:
            continue
        inside = Path(path.lstrip("/"))
        # Each group is limited by those above it. In a container its own may be the topmost one, under whatever name it has outside.
        found += [(version, mount / part) for mount in mounts for part in {inside, *inside.parents}]
    return found
