"""What can go wrong on the way, on purpose.

hub.faults.append(Fault("PUT /storage/", status=500, times=2))
hub.faults.append(Fault("POST .*/commit/", drop_at=100))  # the connection ends after 100 bytes of the body
hub.faults.append(Fault("PUT", call=lambda: process.kill(), at=5000))  # at 5,000 bytes of that body
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Fault:
    """One fault for the next `times` requests whose "METHOD /path" matches, after `skip` of them went well."""

    where: str
    times: int = 1
    skip: int = 0
    status: int | None = None  # answer with this status instead
    headers: Mapping[str, str] = field(default_factory=dict)  # of that answer, such as Retry-After
    drop_at: int | None = None  # the connection ends after so many bytes of the request's body
    cut_at: int | None = None  # the connection ends after so many bytes of the answer's body
    torn_at: int | None = None  # only so many bytes of the request's body are kept, and all is said to be well
    seconds: float = 0  # wait so long before the answer
    call: Callable[[], object] | None = None  # do this after `at` bytes of the request's body, then go on
    at: int = 0

    def takes(self, method: str, path: str) -> bool:
        """Whether the fault is for this request; counts it."""
        if self.times <= 0 or not re.match(self.where, f"{method} {path}"):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Seen:
    """One request as it was answered; status 0: it was not."""

    method: str
    path: str
    bytes_in: int = 0
    bytes_out: int = 0
    status: int = 0
    account: str | None = None
