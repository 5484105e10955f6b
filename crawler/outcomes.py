"""How a fetch ended: the one word for every status and every exception that Scrapy and Twisted can raise."""

from __future__ import annotations

import gzip
import zlib

from OpenSSL.SSL import Error as TLSError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from twisted.internet.error import ConnectError, ConnectionClosed, TCPTimedOutError
from twisted.internet.error import TimeoutError as TransportTimeoutError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed
from twisted.web.http import PotentialDataLoss, _DataLoss

from archive.captures import Outcome
from archive.crawls.reasons import reason
from crawler.guard import GuardRefused


class NotRendered(IgnoreRequest):
    """Raised where a page came but a browser could not render it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.why = reason("not_rendered", said=said)


def outcome_of_status(status: int) -> Outcome:
    """Return the outcome of a whole answer with this status."""
    if 200 <= status < 300:
        return "ok"
    if status == 304:
        return "not_modified"
    if status in (404, 410):
        return "not_found"
    return "http_error"


def outcome_of_error(error: Exception) -> tuple[Outcome, str] | None:
    """Return outcome and reason of a failed fetch, or None for an exception that is no fetch's."""
    text = str(error) or type(error).__name__
    match error:
        case GuardRefused():
            return "guard", error.why.dump()
        case NotRendered():
            return "http_error", error.why.dump()
        case UnsupportedURLSchemeError():
            return "guard", text
        case CannotResolveHostError():
            return "dns", text
        case DownloadTimeoutError() | TransportTimeoutError() | TCPTimedOutError():
            return "timeout", text
        case DownloadConnectionRefusedError() | ConnectError():
            return "refused", text
        case DownloadCancelledError():
            return "too_large", text
        case ResponseDataLossError() | EOFError() | zlib.error() | gzip.BadGzipFile():
            return "truncated", text
        case DownloadFailedError():
            return _outcome_of_transport(error.__cause__, text)
        case TLSError() | VerificationError() | CertificateError():
            return "tls", text
        case IgnoreRequest():
            # Scrapy's own: "max redirections reached", or a body over DOWNLOAD_MAXSIZE when decompressed
            return ("too_large" if "DOWNLOAD_MAXSIZE" in text else "http_error"), text
        case ConnectionClosed():
            return "refused", "the server closed the connection without an answer"
    return None


def _outcome_of_transport(cause: BaseException | None, text: str) -> tuple[Outcome, str]:
    """Tell why Twisted lost an answer: TLS, a cut in the middle, or no answer at all."""
    reasons = [one.value for one in cause.reasons] if isinstance(cause, ResponseFailed) else []
    reasons = [inner.value if isinstance(inner, Failure) else inner for inner in reasons]
    for one in reasons:
        if isinstance(one, TLSError | VerificationError | CertificateError):
            return "tls", str(one) or text
    if any(isinstance(one, _DataLoss | PotentialDataLoss) for one in reasons):
        return "truncated", text
    return "refused", "the server closed the connection without an answer"
