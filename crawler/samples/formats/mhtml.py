"""MHTML (RFC 2557): the article saved whole by a browser."""

from __future__ import annotations

import email.charset
import email.policy
import html
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

from crawler.samples.manuscript import Manuscript
from crawler.samples.markup import article_body


def write_mhtml(manuscript: Manuscript) -> bytes:
    """Write the saved page of a report, its HTML quoted-printable as Chromium saves it."""
    title = "".join(manuscript.title)
    name = html.escape(title)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8">\n<title>{name}</title></head>\n<body>\n<h1>{name}</h1>\n'
        f"{article_body(manuscript, f'{manuscript.issuer}:{manuscript.year}')}\n</body></html>\n"
    )
    encoding = email.charset.Charset("utf-8")
    encoding.body_encoding = email.charset.QP
    part = MIMENonMultipart("text", "html")
    part.set_payload(page, encoding)
    part["Content-Location"] = "http://www.saved.test/index.html"
    message = MIMEMultipart("related", "----MultipartBoundary--sample----", [part], type="text/html")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "http://www.saved.test/index.html"
    message["Subject"] = title
    return message.as_bytes(policy=email.policy.compat32.clone(linesep="\r\n"))
