"""Redact keys, passwords and personal data; drop a row where that would break its code.

    key = "AKIA...16 letters..."   ->  key = "REDACTED_AWS_KEY_ID", and `redacted: ["aws_key_id"]` in `quality`

Keys are known by the form their issuer gives them, passwords by an assignment to a telling name and by their entropy.
People's example values are no secrets: what says `example` or `your`, repeats a character, counts up, or stands in an
issuer's documentation passes. So do the addresses that are reserved for documents, and phone numbers that nothing
calls one. Other tools on the same 38,631 rows: detect-secrets reports 16,624 of them in 966 rows.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from mulco.steps.parsing import error_ratio
from mulco.steps.step import QUALITY, Settings, judged

TEXTS = ("instruction", "input", "output")
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|fake|placeholder|redacted|changeme|change[_-]me|your|my[_-]?(?:secret|key|token|pass|api)|"
    r"insert|replace|secret[_-]?key|api[_-]?key|access[_-]?token|password|passwd|xxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\{\{|%s|"
    r"todo|none|null|undefined|test|foo|bar|hello|admin|user|qwerty|letmein|abc123|123456|abcdef|deadbeef|loremipsum",
    re.I,
)
_NAME = r"(?:[A-Za-z0-9_.\-]{0,30}[_\-.])?"
_ASSIGNED = (
    r"(?i:" + _NAME + r"(?:passw(?:or)?d|passwd|pwd|secret(?:[_-]?key)?|api[_-]?key|access[_-]?key|auth[_-]?token|"
    r"access[_-]?token|client[_-]?secret|private[_-]?key|token)[\"']?\s{0,3}(?:=>|:=|[:=])\s{0,3}[\"'])([^\"'\s]{8,120})[\"']"
)  # fmt: skip
_PLACES = "phone|mobile|tel|cell|whatsapp|手机|电话|联系方式|号码"


def _entropy(text: str) -> float:
    """Bits a character, from the frequencies of its own characters."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _runs(text: str) -> bool:
    """Whether a text mostly repeats characters or counts up or down, as made-up ones do."""
    steps = [abs(ord(b) - ord(a)) <= 1 for a, b in zip(text, text[1:], strict=False)]
    return len(text) > 1 and sum(steps) >= 0.6 * len(steps)


def _is_key(value: str) -> bool:
    return not _PLACEHOLDER.search(value) and not _runs(value) and len(set(value)) > 5


def _is_password(value: str) -> bool:
    classes = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9]"))
    if not _is_key(value) or re.fullmatch(r"[A-Za-z_][\w.]*(?:\(.*\)?|\[.*\]?)?|[a-z_\-./ ]+|/.*|https?:.*", value):
        return False
    return classes >= 3 and _entropy(value) >= 3.0 and bool(re.search("[0-9]", value))


def _is_url_password(value: str) -> bool:
    return _is_key(value) and bool(re.search("[0-9]", value)) and _entropy(value) >= 3.0


def _is_email(value: str) -> bool:
    local, _, domain = value.lower().rpartition("@")
    made_up = re.compile(
        r"example|test|domain|company|mail\.com$|email\.|foo|bar|acme|sample|localhost|invalid|your|site\.|users\.noreply|"
        r"xyz\.|abc\.|xxx|website|university|school|mycompany|business|organization|\.local$|\.test$|server|host\.|corp\."
    )
    people = re.compile(
        r"(?:john|jane|joe|jim|bob|alice|mike|mary|tom|jack|sam|peter|david|sarah|emma|james|susan|max|anna|adam|eve|"
        r"charlie|foo|bar|baz|user|test|admin|info|support|sales|contact|hello|noreply|no-reply|name|your|my|me|email|mail|"
        r"username|someone|somebody|person|student|employee|customer|sender|recipient|receiver|from|to|abc|xyz|git|root|"
        r"postmaster|webmaster|first|last|example|sample)(?:[._+\-]\w{0,12})*\d{0,4}|[a-z]\d{0,3}"
    )
    return not (
        local.startswith("redacted")
        or made_up.search(domain)
        or people.fullmatch(local)
        or _runs(local)
        or len(set(local)) < 4
    )


def _is_address(value: str) -> bool:
    octets = [int(part) for part in value.split(".")]
    if max(octets) > 255 or any(part != str(int(part)) for part in value.split(".")):
        return False
    known = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "114.114.114.114", "4.4.4.4", "4.2.2.2"}
    steps = {b - a for a, b in zip(octets, octets[1:], strict=False)}
    regular = len(steps) == 1 or max(octets) < 30 or octets[0] == 0 or octets[3] in (0, 255)
    return ipaddress.ip_address(value).is_global and value not in known and not regular


def _is_mobile(value: str) -> bool:
    tail = value[3:]
    return not _runs(tail) and len(set(tail)) > 4 and tail not in ("00138000", "12345678") and "1234" not in tail


def _is_identity_number(value: str) -> bool:
    year, month, day = int(value[6:10]), int(value[10:12]), int(value[12:14])
    if not (1900 <= year <= 2030 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, 4.3
    rest = sum(int(digit) * weight for digit, weight in zip(value[:17], weights, strict=True)) % 11
    return "10X98765432"[rest] == value[17].upper()


# kind -> pattern, whose last group is the secret, whether a match is one, and what stands in its place
KINDS: dict[str, tuple[re.Pattern[str], Callable[[str], bool], str]] = {
    "private_key": (
        re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----((?:[^-]|-(?!----)){64,}?)-----END (?:[A-Z]+ )*PRIVATE KEY-----"),
        lambda value: not re.search(r"\.\.\.|xxx|your|example", value, re.I) and _entropy(value) > 4.0,
        "REDACTED_PRIVATE_KEY",
    ),
    "aws_key_id": (re.compile(r"(?<![A-Za-z0-9])((?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16})(?![A-Za-z0-9])"), _is_key, "REDACTED_AWS_KEY_ID"),
    "aws_secret_key": (
        re.compile(r"(?i:aws.{0,30}(?:secret|sk).{0,20}[=:]\s{0,3}[\"']?)([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
        lambda value: _is_key(value) and _entropy(value) > 4.0,
        "REDACTED_AWS_SECRET_KEY",
    ),
    "github_token": (re.compile(r"(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})"), _is_key, "REDACTED_GITHUB_TOKEN"),
    "google_api_key": (re.compile(r"(?<![A-Za-z0-9])(AIza[A-Za-z0-9_\-]{35})(?![A-Za-z0-9_\-])"), _is_key, "REDACTED_GOOGLE_API_KEY"),
    "slack_token": (re.compile(r"(?<![A-Za-z0-9])(xox[abeoprs]-[A-Za-z0-9\-]{20,250})"), _is_key, "REDACTED_SLACK_TOKEN"),
    "slack_webhook": (re.compile(r"hooks\.slack\.com/services/(T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{20,30})"), _is_key, "REDACTED_SLACK_WEBHOOK"),
    "stripe_key": (re.compile(r"(?<![A-Za-z0-9])((?:sk|rk)_live_[A-Za-z0-9]{20,120})"), _is_key, "REDACTED_STRIPE_KEY"),
    "openai_key": (re.compile(r"(?<![A-Za-z0-9])(sk-(?:proj-|svcacct-|ant-[a-z0-9]+-)?[A-Za-z0-9_\-]{32,200})(?![A-Za-z0-9])"), _is_key, "REDACTED_API_KEY"),
    "huggingface_token": (re.compile(r"(?<![A-Za-z0-9_])(hf_[A-Za-z0-9]{30,60})(?![A-Za-z0-9])"), _is_key, "REDACTED_HUGGINGFACE_TOKEN"),
    "npm_token": (re.compile(r"(?<![A-Za-z0-9])(npm_[A-Za-z0-9]{36})(?![A-Za-z0-9])"), _is_key, "REDACTED_NPM_TOKEN"),
    "sendgrid_key": (re.compile(r"(?<![A-Za-z0-9])(SG\.[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{40,50})"), _is_key, "REDACTED_SENDGRID_KEY"),
    "jwt": (
        re.compile(r"(?<![A-Za-z0-9])(eyJ[A-Za-z0-9_\-]{15,}\.eyJ[A-Za-z0-9_\-]{15,}\.[A-Za-z0-9_\-]{20,})"),
        lambda value: "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c" not in value and not _runs(value),  # the one of jwt.io
        "REDACTED_JWT",
    ),
    "url_password": (
        re.compile(r"(?i:(?:https?|ftp|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?)://[^\s:/@\"']{1,40}:)([^\s:/@\"']{6,80})(?=@)"),
        _is_url_password,
        "REDACTED_PASSWORD",
    ),
    "password": (re.compile(_ASSIGNED), _is_password, "REDACTED_PASSWORD"),
    "email": (re.compile(r"(?<![\w.+\-/@])([A-Za-z0-9][\w.+\-]{1,40}@(?:[A-Za-z0-9\-]{1,40}\.){1,4}[A-Za-z]{2,10})(?![\w@])"), _is_email, "user@example.com"),
    "ipv4": (re.compile(r"(?<![\w.\-])((?:\d{1,3}\.){3}\d{1,3})(?![\w]|\.\d)"), _is_address, "192.0.2.1"),
    "cn_mobile": (re.compile(rf"(?i:(?:{_PLACES})[^\n\d]{{0,20}})(?<!\d)(1[3-9]\d{{9}})(?!\d)"), _is_mobile, "13800138000"),
    "cn_identity_number": (re.compile(r"(?<![\w.])([1-9]\d{16}[\dXx])(?![\w.])"), _is_identity_number, "000000000000000000"),
}  # fmt: skip
# What every kind has at least, for RE2, which reads all rows at once: rows without it are not looked at again.
_TELLS = (
    r"PRIVATE KEY-----|A(?:KIA|SIA|GPA|IDA|ROA)[A-Z0-9]{16}|(?i:aws.{0,30}(?:secret|sk))|gh[pousr]_[A-Za-z0-9]{36}|github_pat_|"
    r"AIza[A-Za-z0-9_\-]{35}|xox[abeoprs]-|hooks\.slack\.com|[sr]k_live_|sk-[A-Za-z0-9_\-]{32}|hf_[A-Za-z0-9]{30}|npm_[A-Za-z0-9]{36}|"
    r"SG\.[A-Za-z0-9_\-]{20}|eyJ[A-Za-z0-9_\-]{15}|://[^\s:/@\"']{1,40}:[^\s/@\"']{6,80}@|"
    r"(?i:passw(?:or)?d|pwd|secret|api[_-]?key|access[_-]?key|token|private[_-]?key)[\"']?\s{0,3}(?:=>|:=|[:=])\s{0,3}[\"']|"
    r"[A-Za-z0-9]@[A-Za-z0-9\-]+\.|(?:\d{1,3}\.){3}\d|1[3-9]\d{9}|[1-9]\d{16}[\dXx]"
)  # fmt: skip


def secrets(table: pa.Table, settings: Settings) -> pa.Table:
    """Redacts the texts of a row; the verdict `redaction_breaks_code` where its answer then has more syntax errors."""
    mask = None
    for name in TEXTS:
        found = pc.match_substring_regex(table.column(name), _TELLS)
        mask = found if mask is None else pc.or_(mask, found)
    rows = [row for row, tells in enumerate(mask.to_pylist()) if tells] if mask is not None else []
    texts = {name: table.column(name).to_pylist() for name in TEXTS} if rows else {}
    redacted: list[list[str] | None] = [None] * len(table)
    verdicts: list[str | None] = [None] * len(table)
    off = set(settings["off"])
    for row in rows:
        kinds: dict[str, None] = {}
        before = texts["output"][row]
        for name in TEXTS:
            texts[name][row] = redact(texts[name][row], kinds, off)
        if kinds:
            redacted[row] = list(kinds)
            language = table.column("programming_language")[row].as_py()
            if texts["output"][row] != before and _breaks(before, texts["output"][row], language):
                verdicts[row] = "redaction_breaks_code"
    if any(redacted):
        for name in TEXTS:
            table = table.set_column(table.column_names.index(name), name, pa.array(texts[name], pa.string()))
    table = table.append_column(f"{QUALITY}redacted", pa.array(redacted, pa.list_(pa.string())))
    return judged(table, verdicts)


def redact(text: str, kinds: dict[str, None], off: set[str] | frozenset[str] = frozenset()) -> str:
    """The text with a placeholder for each secret; what was found is added to `kinds`."""
    for kind, (pattern, is_secret, placeholder) in KINDS.items():
        if kind in off:
            continue

        def put(found: re.Match[str], kind: str = kind, is_secret=is_secret, placeholder: str = placeholder) -> str:  # type: ignore[no-untyped-def]
            value = found[1]
            if not is_secret(value):
                return found[0]
            kinds[kind] = None
            start = found.start(1) - found.start()
            return found[0][:start] + placeholder + found[0][start + len(value) :]

        text = pattern.sub(put, text)
    return text


def _breaks(before: str, after: str, language: str) -> bool:
    was, is_ = error_ratio(before, language), error_ratio(after, language)
    return was is not None and is_ is not None and is_ > was
