"""What `scripts/demo --lan` needs so that phones on the local network can open the site over TLS.

Browsers give camera and position to secure pages only. So an authority of this machine's own is made, which can vouch for
addresses in local networks and for nothing else, and the phone is told how to trust it.

    lan.py certificate FOLDER                  make what is missing there; print this machine's addresses, one a line
    lan.py serve FOLDER PORT                   hand out the authority's certificate over plain HTTP
    lan.py explain PORT CERTIFICATE_PORT ADDRESS…    print QR codes and words
"""

import ipaddress
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import qrcode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Private and shared networks, and two that no host in the internet has and virtual machines and test benches do (RFC 5737, 2544).
LOCAL_NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10"),
    *("192.0.2.0/24", "198.18.0.0/15"),
)
AUTHORITY_DAYS = 365
SERVER_DAYS = 90  # iOS trusts no certificate that is valid for more than 825
NAME = "巡改示范 局域网证书"

PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>巡改 · 安装证书</title><body style="font:17px/1.7 sans-serif;max-width:36em;margin:2em auto;padding:0 1em">
<h1>巡改示范：安装证书</h1><p><a href="/xungai.crt" style="font-size:1.3em">下载证书</a></p>
<p><b>苹果手机（请用 Safari 打开本页）：</b>点“下载证书”，选“允许”；到“设置 → 已下载描述文件”安装；
再到“设置 → 通用 → 关于本机 → 证书信任设置”，打开“巡改示范 局域网证书”。</p>
<p><b>安卓手机：</b>点“下载证书”；到“设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书”（各品牌叫法略有不同，可在设置里搜“证书”），
选“仍然安装”，再选刚下载的文件。</p><p>试用结束后，请在原处删除该证书。它只对局域网地址有效，由运行示范的这台电脑保管。</p>
"""


def addresses() -> list[str]:
    """This machine's IPv4 addresses in local networks, the one of the default route first. No packet is sent.

    XUNGAI_LAN_ADDRESSES names them, with commas, where they cannot be seen from here: in a container or a virtual machine.
    """
    found = [address.strip() for address in os.environ.get("XUNGAI_LAN_ADDRESSES", "").split(",") if address.strip()]
    if not found:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("198.51.100.1", 9))
                found.append(probe.getsockname()[0])
            except OSError:
                pass  # no default route: the list below may still have one
        listed = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
        found += [address for address in listed if "." in address]
    return [a for a in dict.fromkeys(found) if is_local(a) and not ipaddress.ip_address(a).is_loopback]


def is_local(address: str) -> bool:
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in LOCAL_NETWORKS)


def write_secret(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def key_in(path: Path) -> ec.EllipticCurvePrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key
    made = ec.generate_private_key(ec.SECP256R1())
    write_secret(
        path,
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return made


def lasting(path: Path, now: datetime) -> x509.Certificate | None:
    """The certificate in this file if it is valid for another week at least."""
    if not path.exists():
        return None
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate if certificate.not_valid_after_utc > now + timedelta(days=7) else None


def authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key, file = key_in(folder / "authority.key"), folder / "authority.pem"
    if kept := lasting(file, now):
        return kept, key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(network)) for network in LOCAL_NETWORKS]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints([*permitted, x509.DNSName("localhost")], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made, key


def server(folder: Path, reachable: list[str], now: datetime) -> None:
    """Make the server's certificate for these addresses, unless the one that is there will do."""
    issuer, issuer_key = authority(folder, now)
    file = folder / "server.pem"
    wanted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(a)) for a in [*reachable, "127.0.0.1"]]
    wanted.append(x509.DNSName("localhost"))
    kept = lasting(file, now)
    if kept and kept.issuer == issuer.subject:
        names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        signed_by_it = kept.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        same = signed_by_it == x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        if same and set(names) == set(wanted):
            return
    key = key_in(folder / "server.key")
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, reachable[0])]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(min(now + timedelta(days=SERVER_DAYS), issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file.write_bytes(made.public_bytes(pem) + issuer.public_bytes(pem))


class CertificateHandler(BaseHTTPRequestHandler):
    certificate = b""

    def do_GET(self) -> None:
        answers = {
            "/": (PAGE.encode(), "text/html; charset=utf-8"),
            "/xungai.crt": (self.certificate, "application/x-x509-ca-cert"),
        }
        body, kind = answers.get(self.path, (b"", ""))
        self.send_response(200 if body else 404)
        if body:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(folder: Path, port: int) -> None:
    certificate = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    CertificateHandler.certificate = certificate.public_bytes(serialization.Encoding.DER)
    ThreadingHTTPServer(("", port), CertificateHandler).serve_forever()


def show_code(address: str) -> None:
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(address)
    code.print_ascii(invert=True)


def explain(port: int, certificate_port: int, reachable: list[str]) -> None:
    first = reachable[0]
    print("\n  手机与本机连同一个无线网，然后：\n")
    print(f"  一、安装证书（只需一次），扫码打开 http://{first}:{certificate_port}/ ，按页上说明办理：\n")
    show_code(f"http://{first}:{certificate_port}/")
    print("      苹果：Safari 打开 → 下载证书 → 设置里安装描述文件 → 通用 · 关于本机 · 证书信任设置里打开")
    print("      安卓：下载证书 → 设置里搜“证书” → 安装 CA 证书 → 选下载的文件\n")
    print(f"  二、扫码打开 https://{first}:{port}/m/ ，登录后允许使用相机和位置：\n")
    show_code(f"https://{first}:{port}/m/")
    others = reachable[1:]
    if others:
        print("  本机的其他地址：" + "、".join(others))
    print("  打不开时：检查本机防火墙是否放行上述两个端口。试用结束后在手机上删除证书。")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["certificate", folder]:
            reachable = addresses()
            if reachable:
                server(Path(folder), reachable, datetime.now(UTC))
                print("\n".join(reachable))
            return not reachable
        case ["serve", folder, port]:
            serve(Path(folder), int(port))
        case ["explain", port, certificate_port, *reachable]:
            explain(int(port), int(certificate_port), reachable)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
