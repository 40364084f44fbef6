#!/usr/bin/env python3
"""Serves this folder: python3 serve.py [--lan] [--port 8000]. Needs Python 3.8 or newer and nothing else.

On localhost the page can do all that it can. Browsers allow WebGPU, kept files and service workers only over https or on localhost: other machines
that open the page over plain http (--lan) see recorded runs and lessons alone.
"""

import argparse
import socket
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The system's own table may call scripts plain text (Windows) or unpack .gz on the way.
    extensions_map = {"": "application/octet-stream", **TYPES}

    def end_headers(self):
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def copyfile(self, source, outputfile):
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            # The browser went away.
            self.close_connection = True

    def list_directory(self, path):
        self.send_error(404)

    def log_message(self, *_):
        pass


def own_address():
    """The address by which others reach this machine; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lan", action="store_true", help="let other machines of the network open the page")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any that is free")
    args = parser.parse_args()
    folder = Path(__file__).resolve().parent
    if not (folder / "index.html").exists():
        sys.exit(f"{folder} has no index.html: run serve.py in the folder that was unpacked.")
    try:
        server = ThreadingHTTPServer(("" if args.lan else "127.0.0.1", args.port), partial(Handler, directory=str(folder)))
    except OSError as error:
        sys.exit(f"Port {args.port} cannot be used ({error.strerror}). Choose another one: --port 8001")
    port = server.server_address[1]
    print(f"On this machine: http://localhost:{port}", flush=True)
    if args.lan:
        print(f"On others, recorded runs and lessons alone: http://{own_address()}:{port}", flush=True)
    print("Stop with Ctrl+C.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
