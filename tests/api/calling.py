"""Calling the API as a person, as a client on the wire would: a token, JSON, nothing of the program's inside."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from mobile_api import clock
from mobile_api.authentication import give_token
from server.units.models import Person
from tests.photographs import jpeg
from tests.world import IN_STONE_BRIDGE

ROOT = "/api/v1"
OBSERVED = "2026-03-02T09:00:00+08:00"


class Answer:
    """A status, headers and a body."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.raw: bytes = b"".join(response.streaming_content) if response.streaming else response.content
        self._response = response

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def codes(self) -> dict[str, str]:
        """Field → code of what was refused."""
        return {error["field"]: error["code"] for error in self.json["errors"]}

    def __repr__(self) -> str:
        return f"{self.status} {self.raw[:600]!r}"


class Caller:
    """One person at the API; without a person nobody is logged in."""

    def __init__(self, person: Person | None = None, language: str = "", token: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.headers: dict[str, str] = {}
        if person is not None:
            token = give_token(person, clock.now())[0]
        if token:
            self.headers["Authorization"] = f"Token {token}"
        if language:
            self.headers["Accept-Language"] = language

    def call(self, method: str, path: str, data: bytes = b"", content_type: str = "", **headers: str) -> Answer:
        address = path if path.startswith("/") else f"{ROOT}/{path}"
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return Answer(self.client.generic(method, address, data, content_type, headers=sent))

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.call(method, path, data, "application/json", **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PUT", path, body, **headers)

    def form(self, method: str, path: str, fields: dict[str, Any], **headers: str) -> Answer:
        return self.call(method, path, encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT, **headers)

    def act(self, problem: object, action: str, body: Any = None, **headers: str) -> Answer:
        return self.post(f"problems/{problem}/actions/{action}", body, **headers)

    def put_photo(self, data: bytes | None = None, photo_id: UUID | None = None, name: str = "p.jpg", **fields: Any) -> Answer:
        data = jpeg() if data is None else data
        form = {"file": SimpleUploadedFile(name, data), "sha256": sha256(data).hexdigest(), **fields}
        return self.form("PUT", f"photos/{photo_id or uuid4()}", {k: v for k, v in form.items() if v is not None})

    def store(self, data: bytes = b"%PDF-1.4\nscan", name: str = "scan.pdf") -> str:
        answer = self.form("POST", "files", {"file": SimpleUploadedFile(name, data)})
        assert answer.status == 201, answer
        stored: str = answer.json["id"]
        return stored


def report_body(**changes: Any) -> dict[str, Any]:
    body = {
        "title": "石桥镇河岸垃圾堆放",
        "description": "河岸堆放生活垃圾约二十立方米。",
        "category": "solid_waste",
        "location": IN_STONE_BRIDGE,
        "accuracy_m": 8,
        "observed_at": OBSERVED,
        "no_photo_reason": "手机没电",
        "photos": [],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def visit_body(problem: object, **changes: Any) -> dict[str, Any]:
    return {
        "problem": str(problem),
        "observed_at": OBSERVED,
        "location": IN_STONE_BRIDGE,
        "verdict": "behind",
        "notes": "清运了一半。",
        "photos": [],
        **changes,
    }
