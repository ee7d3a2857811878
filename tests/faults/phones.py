"""A phone's queue as the app keeps it, without a browser: it sends until the receipts name every item with its digest."""

import base64
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from tests.world import IN_STONE_BRIDGE

TIMEOUT_S = 3.0
RECEIPTS_AT_ONCE = 100


class NotDelivered(Exception):
    """No answer of the server's own came through."""


@dataclass
class SentPhoto:
    id: UUID
    data: bytes
    address: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass
class SentReport:
    id: UUID
    body: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()


def report_of(photos: list[SentPhoto], n: int) -> SentReport:
    body = {
        "title": f"石桥镇河岸垃圾堆放{n}",
        "description": "河岸堆放生活垃圾约二十立方米。",
        "category": "solid_waste",
        "location": IN_STONE_BRIDGE,
        "observed_at": "2026-03-02T09:00:00+08:00",
        "photos": [str(photo.id) for photo in photos],
        **({} if photos else {"no_photo_reason": "没拍"}),
    }
    return SentReport(uuid4(), json.dumps(body, ensure_ascii=False).encode())


@dataclass
class Phone:
    """One person's phone: a token, a line to the server, reports and photos in any order."""

    token: str
    line: tuple[str, int]
    seed: int
    reports: list[SentReport] = field(default_factory=list)
    photos: list[SentPhoto] = field(default_factory=list)
    received: set[UUID] = field(default_factory=set)
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def send_all(self) -> None:
        """Pass after pass, until everything is confirmed or somebody says stop."""
        while not self.stop.is_set():
            waiting: list[SentReport | SentPhoto] = [one for one in [*self.reports, *self.photos] if one.id not in self.received]
            if not waiting:
                return
            self._random.shuffle(waiting)
            for item in waiting:
                if self.stop.is_set():
                    return
                try:
                    self._report(item) if isinstance(item, SentReport) else self._photo(item)
                except NotDelivered:
                    self.counted["failed tries"] += 1
                    time.sleep(0.02)
            for begin in range(0, len(waiting), RECEIPTS_AT_ONCE):
                self._receipts(waiting[begin : begin + RECEIPTS_AT_ONCE])

    def _report(self, report: SentReport) -> None:
        status, _headers, said = self._ask(
            "PUT", f"/api/v1/reports/{report.id}", report.body, {"Content-Type": "application/json"}
        )
        self._expect(status, (200, 201), "report", said)

    def _photo(self, photo: SentPhoto) -> None:
        if not photo.address and self._random.random() < 0.2:
            self._in_one_piece(photo)
            return
        offset = self._standing(photo)
        while offset < len(photo.data):
            part = photo.data[offset : offset + max(4_000, len(photo.data) // 2)]
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            if self._random.random() < 0.7:  # without one, a cut part is kept up to the cut
                digest = base64.b64encode(sha256(part).digest()).decode()
                headers["Upload-Checksum"] = f"sha256 {digest}"
            status, answered, said = self._ask("PATCH", photo.address, part, headers)
            if status in (404, 409):
                offset = self._standing(photo)
                continue
            self._expect(status, (204,), "part", said)
            offset = _offset(answered)

    def _standing(self, photo: SentPhoto) -> int:
        """Where the server stands with this photo; begins an upload where it knows of none."""
        if photo.address:
            status, answered, _said = self._ask("HEAD", photo.address)
            if status == 200:
                return _offset(answered)
            photo.address = ""
        said = {"photo": str(photo.id), "sha256": photo.sha256, "source": "camera", "location": "118.31,30.91"}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
        headers = {"Upload-Length": str(len(photo.data)), "Upload-Metadata": metadata}
        status, answered, body = self._ask("POST", "/api/v1/uploads/", b"", headers)
        self._expect(status, (201,), "upload", body)
        photo.address = urlsplit(answered.get("Location", "")).path
        return _offset(answered)

    def _in_one_piece(self, photo: SentPhoto) -> None:
        bound = uuid4().hex
        fields = {"sha256": photo.sha256, "source": "camera", "location": "118.31,30.91"}
        form = b"".join(
            f'--{bound}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        form += f'--{bound}\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\n\r\n'.encode()
        form += photo.data + f"\r\n--{bound}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={bound}"}
        status, _answered, said = self._ask("PUT", f"/api/v1/photos/{photo.id}", form, headers)
        self._expect(status, (200, 201), "photo", said)

    def _receipts(self, items: list[SentReport | SentPhoto]) -> None:
        asked = {
            "photos": [str(one.id) for one in items if isinstance(one, SentPhoto)],
            "reports": [str(one.id) for one in items if isinstance(one, SentReport)],
        }
        try:
            headers = {"Content-Type": "application/json"}
            status, _headers, said = self._ask("POST", "/api/v1/receipts", json.dumps(asked).encode(), headers)
            self._expect(status, (200,), "receipts", said)
            answer = json.loads(said)
        except (NotDelivered, ValueError):  # cut in the middle of its headers, an answer may look whole
            return
        named = {(UUID(one["uuid"]), one["sha256"]) for kind in ("photos", "reports") for one in answer[kind]}
        self.received |= {one.id for one in items if (one.id, one.sha256) in named}

    def _expect(self, status: int, wanted: tuple[int, ...], what: str, said: bytes) -> None:
        """A server that dies may answer 5xx or cut; a refusal of what is right is a fault of ours."""
        if status in wanted:
            return
        if status < 500:
            self.wrong.append(f"{what}: {status} {said[:300]!r}")
            self.stop.set()
        raise NotDelivered

    def _ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, Any, bytes]:
        self.counted["requests"] += 1
        sent = {"Authorization": f"Token {self.token}", "Tus-Resumable": "1.0.0", **(headers or {})}
        connection = HTTPConnection(*self.line, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, sent)
            response: HTTPResponse = connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, HTTPException, ValueError) as broken:
            raise NotDelivered from broken
        finally:
            connection.close()


def _offset(answered: Any) -> int:
    """Where the upload stands. An answer cut in the middle of its headers looks whole, and its numbers may be too short."""
    said = answered.get("Upload-Offset", "")
    if not said.isdigit():
        raise NotDelivered
    return int(said)
