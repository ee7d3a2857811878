"""A phone that signs what it saw, as the app does."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from server.evidence.actions import Declared


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class SigningPhone:
    """One phone's key and chain. ``device`` is its id on the server once it is enrolled."""

    person: str = "inspector"
    device: UUID = field(default_factory=uuid4)
    n: int = 0
    last: str | None = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(numbers.x.to_bytes(32, "big")),
            "y": base64url(numbers.y.to_bytes(32, "big")),
        }

    def statement(self, digest: str, at: datetime, **different: Any) -> str:
        """The next statement, canonical; ``different`` members replace the honest ones, and then the chain goes on from them."""
        self.n += 1
        members = {
            "device": str(self.device),
            "n": self.n,
            "previous": self.last,
            "sha256": digest,
            "time": at.isoformat(),
            "position": {"lon": 118.31, "lat": 30.91, "accuracy_m": 6, "time": (at - timedelta(seconds=3)).isoformat()},
            "heading": None,
            "person": self.person,
            "source": "camera",
            "app": "1.0.0",
            **different,
        }
        text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.last = sha256(text.encode()).hexdigest()
        return text

    def sign(self, statement: str) -> str:
        r, s = decode_dss_signature(self.key.sign(statement.encode(), ec.ECDSA(SHA256())))
        return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def declare(self, data: bytes, at: datetime, stage: str = "before", **different: Any) -> Declared:
        """What the phone declares of a shot of these bytes."""
        digest = sha256(data).hexdigest()
        statement = self.statement(digest, at, **different)
        return Declared(
            sha256=digest,
            stage=stage,
            captured_at=at,
            source="camera",
            lon=118.31,
            lat=30.91,
            accuracy_m=6,
            statement=statement,
            signature=self.sign(statement),
        )
