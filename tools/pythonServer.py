"""Runs modules and expressions for tests in one process, so that PyTorch is imported once.

Reads requests as JSON, one a line: {"module": name, "arguments": [...]}, as `python -m name arguments` would run it, {"code": text}, or
{"jobs": [...]}, which are trained by forked processes (`tests.forked`).
Answers each with one line: {"status": exit code, "stdout": bytes in base64, "stderr": text}.
"""

import base64
import contextlib
import io
import json
import runpy
import sys
import traceback
from typing import Any


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Runs one request."""
    stdout, stderr = io.BytesIO(), io.StringIO()
    text = io.TextIOWrapper(stdout, encoding="utf-8", newline="\n", write_through=True)
    status = 0
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(stderr):
        try:
            if "code" in request:
                exec(request["code"], {})
            elif "jobs" in request:
                from tests.forked import done, train_all

                status, printed = done(train_all, request["jobs"])
                text.write(printed)
            else:
                sys.argv = [request["module"], *request["arguments"]]
                runpy.run_module(request["module"], run_name="__main__")
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            traceback.print_exc()
            status = 1
    text.flush()
    return {"status": status, "stdout": base64.b64encode(stdout.getvalue()).decode(), "stderr": stderr.getvalue()}


if __name__ == "__main__":
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()
