"""A small clamd: speaks the protocol of clamd(8) over TCP or a unix socket, strictly."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
VERSION = b"ClamAV 1.4.1/27450/Mon Nov 16 08:00:00 2026"


class Scanner:
    """What it knows (signatures), and what was sent to it. `answer` overrides what it says."""

    def __init__(self) -> None:
        self.signatures: dict[bytes, str] = {EICAR: "Eicar-Signature"}
        self.answer: bytes | None = None
        self.scanned: list[bytes] = []
        self.largest_chunk = 0
        self.address = ""

    def verdict(self, content: bytes) -> bytes:
        self.scanned.append(content)
        if self.answer is not None:
            return self.answer
        found = [name for mark, name in self.signatures.items() if mark in content]
        return f"stream: {found[0]} FOUND".encode() if found else b"stream: OK"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        scanner: Scanner = self.server.scanner  # type: ignore[attr-defined]
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zVERSION\0":
            self.wfile.write(VERSION + b"\0")
        elif command == b"zINSTREAM\0":
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                scanner.largest_chunk = max(scanner.largest_chunk, size)
                content += self.rfile.read(size)
            self.wfile.write(scanner.verdict(content) + b"\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")


class _Nonsense(socketserver.BaseRequestHandler):
    """Whatever is asked, the same bytes; None: one byte now and then, without an end."""

    def handle(self) -> None:
        answer: bytes | None = self.server.answer  # type: ignore[attr-defined]
        ended: threading.Event = self.server.ended  # type: ignore[attr-defined]
        with suppress(OSError):
            self.request.settimeout(0.2)
            if answer is not None:
                self.request.sendall(answer)
            while self.request.recv(65536):
                pass
        while answer is None and not ended.wait(0.05):
            try:
                self.request.sendall(b"x")
            except OSError:
                return


@contextmanager
def nonsense(settings: Any, answer: bytes | None) -> Iterator[None]:
    """At the scanner's address sits something that is none."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Nonsense) as server:
        server.answer = answer  # type: ignore[attr-defined]
        server.ended = ended = threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = f"tcp://127.0.0.1:{server.server_address[1]}", 1
        try:
            yield
        finally:
            ended.set()
            server.shutdown()


@contextmanager
def running(settings: Any, socket_path: Path | None = None) -> Iterator[Scanner]:
    """A scanner that the portal's settings point to."""
    scanner = Scanner()
    server: socketserver.BaseServer
    if socket_path is not None:
        server = socketserver.ThreadingUnixStreamServer(str(socket_path), _Talk)
        scanner.address = f"unix://{socket_path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
        scanner.address = f"tcp://127.0.0.1:{server.server_address[1]}"  # type: ignore[str-bytes-safe]
    server.scanner = scanner  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.CLAMAV_URL, settings.CLAMAV_TIMEOUT_S = scanner.address, 2
    try:
        yield scanner
    finally:
        server.shutdown()
        server.server_close()
