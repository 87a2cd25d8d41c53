"""Secrets: planted keys of every kind are found and redacted; what people write as examples is let pass."""

from __future__ import annotations

import base64
import json
import random
import string
from typing import Any

import pytest

from mulco.judging import judge
from mulco.pipeline import Outcome
from mulco.steps import PROFILES
from mulco.steps.secrets import KINDS, redact

[STEP] = [step for step in PROFILES["strict"] if step.name == "secrets"]
WORD = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + "234567"


def planted(kind: str, seed: int) -> str:
    """A made-up secret of a kind, in the code where such a thing stands."""
    chance = random.Random(f"{kind}{seed}")

    def some(letters: str, count: int) -> str:
        return "".join(chance.choices(letters, k=count))

    def part(count: int) -> str:
        return base64.urlsafe_b64encode(chance.randbytes(count)).decode().strip("=")

    octets = ".".join(str(chance.choice(range(41, 99))) for _ in range(3))
    return {
        "private_key": lambda: 'KEY = """-----BEGIN RSA PRIVATE KEY-----\n' + "\n".join(
            some(WORD + "+/", 64) for _ in range(6)) + '\n-----END RSA PRIVATE KEY-----"""',
        "aws_key_id": lambda: f'client = connect("{"AKIA" + some(UPPER, 16)}")',
        "aws_secret_key": lambda: f'aws_secret_access_key = "{some(WORD + "/+", 40)}"',
        "github_token": lambda: f'auth = ("me", "{"ghp_" + some(WORD, 36)}")',
        "google_api_key": lambda: f'url = base + "?k={"AIza" + some(WORD + "_-", 35)}"',
        "slack_token": lambda: f'slack = Client("{"xoxb-" + some(string.digits, 12) + "-" + some(WORD, 24)}")',
        "slack_webhook": lambda: 'post("https://hooks.slack.com/services/'
        + f'T{some(UPPER, 9)}/B{some(UPPER, 9)}/{some(WORD, 24)}")',
        "stripe_key": lambda: f'stripe.key = "{"sk_live_" + some(WORD, 24)}"',
        "openai_key": lambda: f'client = OpenAI("{"sk-proj-" + some(WORD, 48)}")',
        "huggingface_token": lambda: f'login("{"hf_" + some(WORD, 34)}")',
        "npm_token": lambda: f'registry = "//registry/:_auth={"npm_" + some(WORD, 36)}"',
        "sendgrid_key": lambda: f'mail = Mail("{"SG." + some(WORD, 22) + "." + some(WORD, 43)}")',
        "jwt": lambda: f'header = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJ{part(24)}.{part(32)}"',
        "url_password": lambda: f'db = open_db("postgres://svc:{some(WORD, 6)}9aZ{some(WORD, 6)}@db.internal/app")',
        "password": lambda: f'password = "{some(WORD, 5)}7#Qz{some(WORD, 6)}"',
        "email": lambda: f'AUTHOR = "{some("bcdfghk", 3)}eira.{some("klmnprt", 3)}okov@{some("bdgkmnprt", 4)}ovia.se"',
        "ipv4": lambda: f'HOST = "{octets}.{chance.randrange(101, 199)}"',
        "cn_mobile": lambda: f'手机 = "139{chance.choice(("5072", "8461"))}{chance.choice(("6290", "0372"))}"',
        "cn_identity_number": lambda: f'number = "{identity(chance)}"',
    }[kind]()  # fmt: skip


def identity(chance: random.Random) -> str:
    year, month, day = chance.randrange(1950, 2000), chance.randrange(1, 9), chance.randrange(9)
    digits = f"110105{year}0{month}1{day}{chance.randrange(100, 999)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


@pytest.mark.parametrize("kind", KINDS)
def test_planted_secrets_of_every_kind_are_found_and_gone(kind: str) -> None:
    for seed in range(20):
        text = planted(kind, seed)
        found: dict[str, None] = {}
        redacted = redact(f"import os\n\n{text}\n", found)
        assert kind in found, text
        assert KINDS[kind][2] in redacted
        again: dict[str, None] = {}
        assert redact(redacted, again) == redacted
        assert not again


PLACEHOLDERS = """
api_key = "YOUR_API_KEY"
password = "password123"
password = os.environ["DB_PASSWORD"]
token = "xxxxxxxxxxxxxxxxxxxxxxxx"
secret_key = "change-me-in-production"
aws_access_key_id = "AKIAIOSFODNN7EXAMPLE"
aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
headers = {"Authorization": "Bearer <token>"}
client = OpenAI(api_key="sk-...")
url = "postgres://user:password@localhost/db"
send("john.doe@example.com", "jane@gmail.com", "test@test.com")
HOST = "127.0.0.1"; OTHER = "192.168.1.17"; DNS = "8.8.8.8"; BROADCAST = "255.255.255.255"
version = "10.2.3.4"
pi = "3.14159265358979"
order = 13800138000
timestamp = 1612345678901
password_field = "input[name=password]"
token = response.json()["access_token"]
-----BEGIN PRIVATE KEY----- ... -----END PRIVATE KEY-----
jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
const secret = "s3cr3t";
手机 = "13812345678"
digest = "d41d8cd98f00b204e9800998ecf8427e"
uuid = "123e4567-e89b-12d3-a456-426614174000"
@decorator.method
git@github.com:owner/name.git
""".strip().split("\n")


def test_a_thousand_rows_of_ordinary_code_with_placeholders_raise_no_alarm(rows: Any) -> None:
    chance = random.Random(7)
    texts = ["\n".join(chance.sample(PLACEHOLDERS, 5)) for _ in range(1_000)]
    table, dropped = judge(rows(*({"output": text} for text in texts)), [STEP], Outcome("x"))
    assert dropped == []
    assert table.column("output").to_pylist() == texts
    assert set(table.column("quality").to_pylist()) == {"{}"}


def test_a_redacted_row_says_of_what_kind_the_secret_was(rows: Any) -> None:
    given = {"output": planted("github_token", 1), "input": planted("email", 1)}
    [row] = judge(rows(given), [STEP], Outcome("x"))[0].to_pylist()
    assert row["output"] == 'auth = ("me", "REDACTED_GITHUB_TOKEN")'
    assert row["input"] == 'AUTHOR = "user@example.com"'
    assert json.loads(row["quality"]) == {"redacted": ["email", "github_token"]}


def test_a_row_whose_code_a_redaction_breaks_is_dropped(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pattern, is_secret, _ = KINDS["github_token"]
    monkeypatch.setitem(KINDS, "github_token", (pattern, is_secret, 'not "code ('))
    [gone] = judge(rows({"output": planted("github_token", 2)}), [STEP], Outcome("x"))[1]
    assert gone.column("reason").to_pylist() == ["redaction_breaks_code"]
