"""The bytes of a CSV as Arrow is to read them; each record is checked for faults that Arrow does not report."""

import csv
import io
from threading import Lock
from typing import BinaryIO

from assay.records.dialect import Records, Usual, records

QUOTE, NUL = b'"', b"\0"


class Checked:
    """The rest of a CSV after its header, in the usual dialect. Arrow reads ahead, in a thread of its own.

    Of a file in the usual dialect the bytes come as they are, and records are read only from the first quotation mark
    on: without one, a line is a record, and Arrow counts its cells. An AssayError names the line of a fault.
    """

    closed = False  # Arrow asks

    def __init__(self, stream: BinaryIO, cells: int, line: int, rows: Records | None = None) -> None:
        """line: the number of lines that were read. rows: the records, if they are not in the usual dialect."""
        self.stream, self.cells, self.line = stream, cells, line
        self.rows, self.rewritten = rows, rows is not None
        self.rest, self.ready = b"", b""
        self.lock, self.stopped = Lock(), False

    def read(self, size: int) -> bytes:
        """At most this many bytes; none at the end."""
        with self.lock:
            while not self.stopped and len(self.ready) < size and (found := self._more(size)):
                self.ready += found
            found, self.ready = self.ready[:size], self.ready[size:]
            return found

    def stop(self) -> None:
        """Read no more of the stream, so that others can."""
        with self.lock:
            self.stopped, self.ready = True, b""

    def _more(self, size: int) -> bytes:
        if self.rows is None:
            chunk = self.stream.read(size)
            whole = self.rest + chunk
            if QUOTE not in whole and NUL not in whole:
                cut = whole.rfind(b"\n") + 1 if chunk else len(whole)
                cut = cut or len(whole)
                self.line, self.rest = self.line + whole.count(b"\n", 0, cut), whole[cut:]
                return whole[:cut]
            self.rows = records(_Joined(whole, self.stream), Usual(), cells=self.cells, line=self.line)
        return self._records(size)

    def _records(self, size: int) -> bytes:
        written, rows = io.StringIO(newline=""), self.rows
        assert rows is not None
        write = csv.writer(written, lineterminator="\n").writerow
        for row in rows:
            if self.rewritten:
                write(row)
            else:
                written.writelines(rows.lines.taken)
            if written.tell() >= size:
                break
        return written.getvalue().encode()


class _Joined:
    """Bytes, and after them those of a stream."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self.first, self.stream = first, stream

    def read(self, size: int = -1, /) -> bytes:
        found, self.first = self.first, b""
        return found or self.stream.read(size)
