"""A real DNS server on UDP of the loopback, which serves a zone given as a dict."""

import socketserver
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SILENT: Mapping[str, Sequence[str]] = {"SILENT": ()}
"""A name whose questions are never answered."""

BROKEN: Mapping[str, Sequence[str]] = {"BROKEN": ()}
"""A name whose questions are answered with SERVFAIL."""

Zone = Mapping[str, Mapping[str, Sequence[str]]]
"""``{"vst.example": {"TXT": ["v=spf1 -all"], "MX": ["10 mx.vst.example"]}}``; other names do not exist."""


class DnsServer:
    """Serves a zone while it is entered; ``asked`` lists the questions as "TYPE name"."""

    def __init__(self, zone: Zone) -> None:
        self.zone = {name.lower(): records for name, records in zone.items()}
        self.asked: list[str] = []
        answer = self._answer

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                wire, socket = self.request
                if (told := answer(wire)) is not None:
                    socket.sendto(told, self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def address(self) -> str:
        """The server as [verification] nameservers wants it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        records = self.zone.get(name)
        if records is SILENT:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA | dns.flags.AA
        if records is BROKEN:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif records is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif kind in records:
            reply.answer.append(_records(question.name, kind, records[kind]))
        return reply.to_wire(max_size=65_535)


def _records(name: dns.name.Name, kind: str, values: Sequence[str]) -> Any:
    form = dns.rdatatype.from_text(kind)
    found = [
        dns.rdata.from_text(dns.rdataclass.IN, form, _quoted(value) if kind == "TXT" else value)
        for value in values
    ]
    return dns.rrset.from_rdata_list(name, 60, found)


def _quoted(text: str) -> str:
    """Part a text into strings of at most 255 bytes, as a zone file has to."""
    parts = [text[start : start + 200] for start in range(0, len(text), 200)] or [""]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
