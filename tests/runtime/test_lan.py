"""The certificate of `scripts/demo --lan`: good for this machine in its own network, and for nothing else."""

import importlib.util
import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def lan() -> ModuleType:
    specification = importlib.util.spec_from_file_location("lan", Path(__file__).parents[2] / "scripts" / "lan.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def trusted(folder: Path, address: str, at: datetime = NOW) -> bool:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    server, *_ = x509.load_pem_x509_certificates((folder / "server.pem").read_bytes())
    verifier = (
        PolicyBuilder().store(Store([authority])).time(at).build_server_verifier(x509.IPAddress(ipaddress.ip_address(address)))
    )
    try:
        verifier.verify(server, [])
    except VerificationError:
        return False
    return True


def test_a_phone_that_trusts_the_authority_trusts_this_machines_address_and_no_other(lan: ModuleType, tmp_path: Path) -> None:
    lan.server(tmp_path, ["192.168.1.5"], NOW)
    assert trusted(tmp_path, "192.168.1.5")
    assert not trusted(tmp_path, "192.168.1.6")
    assert not trusted(tmp_path, "192.168.1.5", at=NOW + timedelta(days=lan.SERVER_DAYS + 1))


def test_the_authority_cannot_vouch_for_an_address_in_the_internet(lan: ModuleType, tmp_path: Path) -> None:
    lan.server(tmp_path, ["203.0.113.7"], NOW)
    assert not trusted(tmp_path, "203.0.113.7")


def test_its_keys_are_for_their_owner_alone(lan: ModuleType, tmp_path: Path) -> None:
    lan.server(tmp_path, ["192.168.1.5"], NOW)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("*.key")} == {0o600}


def test_a_phone_need_not_be_told_again_when_the_address_changes(lan: ModuleType, tmp_path: Path) -> None:
    lan.server(tmp_path, ["192.168.1.5"], NOW)
    authority, server = ((tmp_path / name).read_bytes() for name in ("authority.pem", "server.pem"))
    lan.server(tmp_path, ["192.168.1.5"], NOW + timedelta(days=1))
    assert (tmp_path / "server.pem").read_bytes() == server
    lan.server(tmp_path, ["10.0.0.8"], NOW + timedelta(days=1))
    assert trusted(tmp_path, "10.0.0.8", at=NOW + timedelta(days=1))
    assert (tmp_path / "authority.pem").read_bytes() == authority


def test_only_addresses_of_local_networks_are_offered(lan: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNGAI_LAN_ADDRESSES", "192.168.1.5, 8.8.8.8, 127.0.0.1, 10.1.2.3")
    assert lan.addresses() == ["192.168.1.5", "10.1.2.3"]
