"""An identity provider of our own that signs SAML answers, and can also lie on request."""

import base64
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4
from xml.sax.saxutils import escape

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

ENTITY, SIGN_IN = "https://sign-in.example/saml", "https://sign-in.example/saml/sso"
SAML = "urn:oasis:names:tc:SAML:2.0"


def _key_and_certificate() -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sign-in.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, *kinds)
    return pem, certificate.public_bytes(serialization.Encoding.PEM).decode()


KEY, CERTIFICATE = _key_and_certificate()
FOREIGN_KEY, _CERTIFICATE = _key_and_certificate()


@dataclass(frozen=True)
class Told:
    """What an answer says. `question` is the number of ours that it answers; `attributes` what it says of the person."""

    question: str
    to: str  # where it is sent
    audience: str
    name: str = "jdoe"
    attributes: dict[str, str] = field(default_factory=dict)
    issuer: str = ENTITY
    key: bytes | None = KEY  # None: it is not signed
    method: str = "rsa-sha256"
    age: timedelta = timedelta(0)

    def but(self, **more: object) -> "Told":
        return replace(self, **more)  # type: ignore[arg-type]


def question_of(address: str) -> str:
    """The number of the question that a browser was sent with."""
    asked = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(asked), -15)).get("ID"))


def answer(told: Told) -> str:
    """As a browser posts it."""
    return base64.b64encode(etree.tostring(signed(told))).decode()


def signed(told: Told) -> etree._Element:
    tree = etree.fromstring(_text(told).encode())
    if told.key is None:
        return tree
    assertion = tree.find(f"{{{SAML}:assertion}}Assertion")
    kind = {"rsa-sha256": xmlsec.Transform.RSA_SHA256, "rsa-sha1": xmlsec.Transform.RSA_SHA1}[told.method]
    digest = {"rsa-sha256": xmlsec.Transform.SHA256, "rsa-sha1": xmlsec.Transform.SHA1}[told.method]
    signature = xmlsec.template.create(tree, xmlsec.Transform.EXCL_C14N, kind, ns="ds")
    assertion.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{assertion.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(told.key, xmlsec.KeyFormat.PEM)
    xmlsec.tree.add_ids(tree, ["ID"])
    context.sign(signature)
    return tree


def _text(told: Told) -> str:
    at = datetime.now(UTC) - told.age
    now, soon = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (at, at + timedelta(minutes=5)))
    attributes = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value if "<" in value else escape(value)}'
        "</saml:AttributeValue></saml:Attribute>"
        for name, value in told.attributes.items()
    )
    answers = f'InResponseTo="{told.question}"' if told.question else ""
    return f"""<samlp:Response xmlns:samlp="{SAML}:protocol" xmlns:saml="{SAML}:assertion" ID="_{uuid4().hex}" Version="2.0"
 IssueInstant="{now}" Destination="{told.to}" {answers}>
<saml:Issuer>{told.issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="{SAML}:status:Success"/></samlp:Status>
<saml:Assertion ID="_{uuid4().hex}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{told.issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="{SAML}:nameid-format:persistent">{told.name}</saml:NameID>
<saml:SubjectConfirmation Method="{SAML}:cm:bearer">
<saml:SubjectConfirmationData {answers} Recipient="{told.to}" NotOnOrAfter="{soon}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{now}" NotOnOrAfter="{soon}">
<saml:AudienceRestriction><saml:Audience>{told.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{SAML}:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>"""
