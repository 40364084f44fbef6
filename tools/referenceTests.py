"""Runs the reference's unit tests and writes how many passed and failed as JSON: `referenceTests.py FOLDER COUNTS.json`."""

import json
import sys
import unittest

# Processes that tests fork read this file too.
if __name__ == "__main__":
    folder, out = sys.argv[1:]
    sys.path.insert(0, folder)
    suite = unittest.defaultTestLoader.discover(folder, pattern="test*.py", top_level_dir=folder)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"passed": result.testsRun - failed - len(result.skipped), "failed": failed}, file)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)
