"""What a process may use: limits of made-up control groups; and what it keeps."""

import ctypes
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import torch

from karma.memory import available, container_limits
from tests.small_job import PACKAGE, environment


class ContainerTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="karma-")
        self.addCleanup(folder.cleanup)
        self.groups, self.own = Path(folder.name) / "cgroup", Path(folder.name) / "own"

    def limits(self, own: str, **files: str) -> list[int]:
        """Limits of a process whose groups are `own`, of groups with these files."""
        self.own.write_text(own, encoding="utf-8")
        for name, text in files.items():
            path = self.groups / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8")
        return sorted(container_limits(self.groups, self.own))

    def test_groups_of_version_2_are_limited_by_those_above(self) -> None:
        files = {"a/memory.max": "3000", "a/b/memory.max": "max", "a/b/c/memory.max": "5000", "a/other/memory.max": "7"}
        self.assertEqual(self.limits("0::/a/b/c\n", **files), [3000, 5000])

    def test_in_a_container_of_version_2_the_topmost_group_is_its_own(self) -> None:
        self.assertEqual(self.limits("0::/\n", **{"memory.max": "4096"}), [4096])

    def test_groups_of_version_1_have_a_folder_for_memory(self) -> None:
        own = "11:cpu,cpuacct:/other\n9:memory:/docker/0a1b\n0::/\n"
        files = {"memory/memory.limit_in_bytes": "9223372036854771712", "memory/docker/0a1b/memory.limit_in_bytes": "2048"}
        self.assertEqual(self.limits(own, **files), [2048, 9223372036854771712])
        # Inside, the container's group is mounted as the topmost one.
        inside = {"memory/memory.limit_in_bytes": "1024"}
        self.assertEqual(self.limits("9:memory:/docker/ffff\n", **inside), [1024])

    def test_without_groups_there_is_no_limit(self) -> None:
        self.assertEqual(container_limits(self.groups, self.own), [])

    def test_a_process_has_its_share_of_the_container(self) -> None:
        with (
            unittest.mock.patch("karma.memory.container_limits", lambda: [1 << 20, 1 << 62]),
            unittest.mock.patch.dict("os.environ", {"LOCAL_WORLD_SIZE": "4"}),
        ):
            self.assertEqual(available(torch.device("cpu")), 1 << 18)


FAULTS = """
import resource, torch
from karma.heap import keep_freed

def faults():
    # Pages that the system had to map for blocks of 16 MB which are freed again.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(3):
        blocks = [torch.ones(1 << 22) for _ in range(4)]
        del blocks
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
given_back = faults()
assert keep_freed()
faults()
print(given_back, faults())
"""


@unittest.skipUnless(hasattr(ctypes.CDLL(None), "mallopt"), "needs glibc")
class HeapTest(unittest.TestCase):
    def test_freed_blocks_are_kept(self) -> None:
        line = [sys.executable, "-c", FAULTS]
        found = subprocess.run(line, cwd=PACKAGE, env=environment(), capture_output=True, text=True, check=True)
        given_back, kept = map(int, found.stdout.split())
        self.assertGreater(given_back, 10_000)
        self.assertLess(kept, 100)


if __name__ == "__main__":
    unittest.main()
