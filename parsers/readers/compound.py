"""OLE compound files (Word and Excel 97-2003): their streams, with every kind of damage an UnreadableError."""

from __future__ import annotations

import io

import olefile

from parsers.errors import UnreadableError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage"


class Compound:
    """An open compound file; `names` are the streams at its root."""

    def __init__(self, body: bytes) -> None:
        self._most = len(body)
        try:
            self._file = olefile.OleFileIO(io.BytesIO(body))
            self.names = frozenset(path[0] for path in self._file.listdir() if len(path) == 1)
        except Exception as error:  # olefile raises whatever its arithmetic runs into
            raise _damaged(error) from error
        if _ENCRYPTED_PACKAGE in self.names:
            raise UnreadableError("the file is encrypted", "文件已加密")

    def read(self, name: str) -> bytes:
        """Return a stream's bytes."""
        if name not in self.names:
            raise UnreadableError(f"the file has no stream {name}", f"文件缺少数据流 {name}")
        try:
            if self._file.get_size(name) > self._most:
                raise UnreadableError("a stream is larger than its file", "数据流大于文件本身")
            data: bytes = self._file.openstream(name).read()
        except UnreadableError:
            raise
        except Exception as error:  # as above
            raise _damaged(error) from error
        return data


def _damaged(error: Exception) -> UnreadableError:
    return UnreadableError(f"the compound file is damaged: {error}", f"复合文档已损坏：{error}")
