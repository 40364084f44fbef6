"""Threads that compute: those with processor time, whoever started them."""

import os
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from karma.threads import free_cores
from tests.small_job import PACKAGE, environment

TASKS = Path("/proc/self/task")
SCRIPT = """
import sys, time
from pathlib import Path
import torch
from karma.threads import bind

def spent():
    # Nanoseconds on a processor, by thread.
    return {task.name: int((task / "schedstat").read_text().split()[0]) for task in Path("/proc/self/task").iterdir()}

bind(int(sys.argv[1]))
square = torch.rand(1500, 1500)
square @ square
time.sleep(0.5)  # Threads that have worked look out for more work, for a while.
before = spent()
for _ in range(6):
    square @ square
done = [now - before.get(thread, 0) for thread, now in spent().items()]
print(sum(time > max(done) / 10 for time in done))
"""


@unittest.skipUnless(Path("/proc/self/schedstat").exists() and len(os.sched_getaffinity(0)) > 1, "needs two cores of a Linux")
class ThreadsTest(unittest.TestCase):
    def computing(self, bound: int) -> int:
        """Threads that took part in products of a process bound to so many, which no variable of the environment binds."""
        env = {name: value for name, value in environment().items() if not name.endswith("_NUM_THREADS")}
        found = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(bound)], cwd=PACKAGE, env=env, capture_output=True, text=True, check=True
        )
        return int(found.stdout)

    def test_no_more_cores_are_taken_than_are_granted(self) -> None:
        with unittest.mock.patch("os.sched_getaffinity", return_value={3}):
            self.assertEqual(free_cores(), 1)
        cores = len(os.sched_getaffinity(0))
        with tempfile.TemporaryDirectory() as folder:
            groups, own = Path(folder), Path(folder) / "own"
            self.assertEqual(free_cores(groups, own), cores)
            own.write_text("4:cpu,cpuacct:/docker/0a1b\n")
            (groups / "cpu").mkdir()
            (groups / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
            for quota, expected in (("-1", cores), ("150000", 2), ("50000", 1)):
                (groups / "cpu" / "cpu.cfs_quota_us").write_text(f"{quota}\n")
                self.assertEqual(free_cores(groups, own), expected)
            own.write_text("0::/\n")
            for line, expected in (("max 100000", cores), ("50000 100000", 1), ("900000 100000", cores)):
                (groups / "cpu.max").write_text(f"{line}\n")
                self.assertEqual(free_cores(groups, own), expected)

    def test_as_many_threads_compute_as_were_asked_for(self) -> None:
        self.assertEqual([self.computing(1), self.computing(2)], [1, 2])


if __name__ == "__main__":
    unittest.main()
