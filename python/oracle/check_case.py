"""Checks one case of the fixtures by finite differences and prints its largest errors as JSON: `python3 -m oracle.check_case 17`."""

import json
import sys
from contextlib import redirect_stdout

from karma.threads import bind
from oracle.fixture_cases import CASES
from oracle.make_fixtures import check

if __name__ == "__main__":
    bind(1)
    with redirect_stdout(sys.stderr):
        difference, apart = check(CASES[int(sys.argv[1])])
    print(json.dumps({"error of a derivative": difference, "error of a padded run": apart}))
