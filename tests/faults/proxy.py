"""A bad network between a phone and the server: a TCP proxy that cuts, resets, throttles and goes silent, by a seeded plan.

Each connection meets one fault or none. Bytes are counted from the connection's first; a fault may strike at any of them, in
either direction, also between two packets of one request, or after the server has acted and before its answer is through.
"""

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

BLOCK = 16 * 1024
SILENCE_S = 1.0
THROTTLED_BLOCK = 700
THROTTLED_PAUSE_S = 0.002


class Fault(StrEnum):
    NONE = "none"
    CUT_REQUEST = "request cut"
    CUT_ANSWER = "answer cut"
    RESET_REQUEST = "request reset"
    RESET_ANSWER = "answer reset"
    LOST_ANSWER = "answer lost"
    THROTTLED = "throttled"
    HALF_OPEN = "half open"


UPWARD = {Fault.CUT_REQUEST, Fault.RESET_REQUEST}
DOWNWARD = {Fault.CUT_ANSWER, Fault.RESET_ANSWER, Fault.LOST_ANSWER}


@dataclass(frozen=True)
class Plan:
    """What one connection meets, and at which byte."""

    fault: Fault = Fault.NONE
    at: int = 0


class CuttingProxy:
    """Listens on a free port of this machine and passes on to `target`. Use it as a context manager."""

    def __init__(self, target: tuple[str, int], seed: int, share_of_faults: float = 0.35) -> None:
        self._target = target
        self._random = random.Random(seed)
        self._share = share_of_faults
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open: set[socket.socket] = set()
        self._closing = False
        self.met: Counter[Fault] = Counter()
        self.calm = False
        """True: from now on nothing happens to anybody."""

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()
        return str(host), int(port)

    def __enter__(self) -> "CuttingProxy":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing = True
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for end in left:
            _close(end)

    def _plan(self) -> Plan:
        with self._lock:
            fault = Fault.NONE
            if not self.calm and self._random.random() < self._share:
                fault = self._random.choice([one for one in Fault if one is not Fault.NONE])
            # Most requests are a few kilobytes, most answers a few hundred bytes.
            at = self._random.randrange(0, 24_000) if fault in UPWARD else self._random.randrange(0, 400)
            self.met[fault] += 1
        return Plan(fault, at)

    def _listen(self) -> None:
        while not self._closing:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=5)
        except OSError:  # the server is dead just now
            _reset(client)
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        plan = self._plan()
        if plan.fault is Fault.HALF_OPEN:
            # Neither end hears of the other, nor of its going.
            time.sleep(SILENCE_S)
        else:
            answering = threading.Thread(target=self._pump, args=(server, client, plan, DOWNWARD), daemon=True)
            answering.start()
            self._pump(client, server, plan, UPWARD)
            answering.join(60)
        with self._lock:
            self._open -= {client, server}
        _close(client)
        _close(server)

    def _pump(self, source: socket.socket, target: socket.socket, plan: Plan, mine: set[Fault]) -> None:
        passed = 0
        strikes = plan.fault in mine
        try:
            while block := source.recv(THROTTLED_BLOCK if plan.fault is Fault.THROTTLED else BLOCK):
                if strikes and passed + len(block) >= plan.at:
                    if plan.fault is not Fault.LOST_ANSWER:
                        target.sendall(block[: plan.at - passed])
                    self._strike(source, target, plan.fault)
                    return
                if plan.fault is Fault.THROTTLED:
                    time.sleep(THROTTLED_PAUSE_S)
                target.sendall(block)
                passed += len(block)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            _close(source)
            _close(target)

    def _strike(self, source: socket.socket, target: socket.socket, fault: Fault) -> None:
        end = _reset if fault in (Fault.RESET_REQUEST, Fault.RESET_ANSWER) else _close
        end(target)
        end(source)


def _reset(end: socket.socket) -> None:
    """RST instead of FIN: what the other side has not read yet is lost to it."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _close(end)


def _close(end: socket.socket) -> None:
    # close() alone would not wake the other thread that reads from it.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
