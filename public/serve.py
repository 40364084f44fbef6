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
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    # As tools/securityPlugin.ts has it.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; img-src 'self' data: blob:; style-src 'self'; "
        "connect-src 'self' https: http://localhost:* http://127.0.0.1:*; require-trusted-types-for 'script'; "
        "trusted-types default; frame-ancestors 'self'"
    ),
}


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The system's own table may call scripts plain text (Windows) or unpack .gz on the way.
    extensions_map = {"": "application/octet-stream", **TYPES}

    # Names by which this server may be asked.
    names = frozenset()

    def parse_request(self):
        if not super().parse_request():
            return False
        host = self.headers.get("Host", "")
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        # A page of another site that has its own name resolved to this machine is not answered.
        if self.names and name.lower() not in self.names:
            self.send_error(421)
            return False
        return True

    def translate_path(self, path):
        inside = Path(self.directory).resolve()
        try:
            found = Path(super().translate_path(path))
            kept = found.resolve() == inside or inside in found.resolve().parents
        except (ValueError, OSError, RuntimeError):
            # A name with a zero byte, or a link to itself.
            kept = False
        return str(found) if kept else str(inside / "nothing" / "there")

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
    names = {"localhost", "127.0.0.1", "[::1]"}
    Handler.names = names | {own_address(), socket.gethostname().lower()} if args.lan else names
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
