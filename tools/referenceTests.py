"""Runs the reference's unit tests in a folder and writes counts as JSON to the file KARMA_COUNTS (tools/test.mjs)."""

import json
import os
import sys
import unittest

# Processes that tests fork read this file too.
if __name__ == "__main__":
    folder = sys.argv[1]
    sys.path.insert(0, folder)
    suite = unittest.defaultTestLoader.discover(folder, pattern="test*.py", top_level_dir=folder)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = [str(test) for test, _ in result.failures + result.errors] + [str(test) for test in result.unexpectedSuccesses]
    skipped = [{"name": str(test), "reason": reason} for test, reason in result.skipped]
    with open(os.environ["KARMA_COUNTS"], "w", encoding="utf-8") as file:
        json.dump({"passed": result.testsRun - len(failed) - len(skipped), "failed": failed, "skipped": skipped}, file)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
