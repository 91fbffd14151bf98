"""A server on the loopback address that writes down whoever speaks to it."""

from __future__ import annotations

import socket
import threading


class Listener:
    """TCP and UDP on one port; `heard` holds what came, use it as a context manager."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))

    def __enter__(self) -> Listener:
        for target in (self._accept, self._receive):
            threading.Thread(target=target, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._tcp, self._udp):
            server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.heard.append(f"a connection: {connection.recv(1000)!r}")
                except OSError:
                    self.heard.append("a silent connection")

    def _receive(self) -> None:
        while True:
            try:
                self.heard.append(f"a datagram: {self._udp.recv(1000)!r}")
            except OSError:
                return
