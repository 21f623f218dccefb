"""A mail server that is not of our own making: Debian's aiosmtpd, in front of the tests' own mailbox.

    real_server.py tls|starttls CERTIFICATE FOLDER

CERTIFICATE is a PEM file with a certificate and its key. The first line of output is the port. Whoever logs in may send to anybody; what is taken
becomes a line of JSON in FOLDER/taken.jsonl. How an email fares beyond that is in the name that it goes to: see the tables below. The server ends when
its input does, so with the test that began it, however that ends.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"candour", b"correct horse"
# Seconds before each answer about an email to `slow`.
HESITATION = 0.2

# What is said of a recipient. As real servers do, with the address in the words.
OF_THE_RECIPIENT = {
    "nobody": "550 5.1.1 <{}>: no such mailbox here",
    "closed": "550 5.2.1 <{}>: this mailbox is closed",
    "full": "552 5.2.2 <{}>: over quota",
    "blocked": "554 5.7.1 <{}>: we take nothing from you",
    "busy": "451 4.3.2 <{}>: not just now",
}
# What is said of an email that has come whole.
OF_THE_EMAIL = {
    "nobody-after-all": "550 5.1.1 <{}>: no such mailbox behind here",
    "spam": "550 5.7.1 <{}>: this looks like spam",
    "crowded": "452 4.3.1 <{}>: no room left on the disk",
}
GREYLISTED = "451 4.7.1 <{}>: greylisted, come back later"
TAKEN = "250 2.0.0 Taken"


async def for_ever():
    await asyncio.Event().wait()


class Mailbox:
    """What aiosmtpd asks at each step: an answer for the sender."""

    def __init__(self, folder):
        self.list = folder / "taken.jsonl"
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "silent":
            await for_ever()
        if name == "slow":
            await asyncio.sleep(HESITATION)
        if name == "greylisted" and address not in self.put_off:
            self.put_off.add(address)
            return GREYLISTED.format(address)
        if name in OF_THE_RECIPIENT:
            return OF_THE_RECIPIENT[name].format(address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Go on"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        name = address.split("@")[0]
        if name in OF_THE_EMAIL:
            return OF_THE_EMAIL[name].format(address)
        if name == "slow":
            await asyncio.sleep(HESITATION)
        if name != "lost":
            self.take(server, session, envelope)
        if name in ("lost", "taken-and-gone"):
            server.transport.abort()
            await for_ever()
        if name == "taken-and-silent":
            await for_ever()
        return TAKEN

    def take(self, server, session, envelope):
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            # Of one connection, all have the same.
            "port": session.peer[1],
            "tls": server.transport.get_extra_info("ssl_object").version(),
            # Nobody here has promised to carry more than seven bits.
            "content": envelope.content.decode("ascii"),
        }
        with self.list.open("a", encoding="ascii") as file:
            file.write(json.dumps(taken) + "\n")


def may_send(server, session, envelope, mechanism, auth_data):
    return AuthResult(success=(auth_data.login, auth_data.password) == (USER, PASSWORD), handled=False)


async def main(kind, certificate, folder):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    from_the_start = kind == "tls"
    mailbox = Mailbox(Path(folder))

    def conversation():
        # aiosmtpd takes for encrypted what began with STARTTLS only. `localhost`: not a look-up of names in the network for each connection.
        ways = {"auth_require_tls": False} if from_the_start else {"tls_context": context, "require_starttls": True}
        return SMTP(mailbox, hostname="localhost", auth_required=True, authenticator=may_send, **ways)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=context if from_the_start else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


asyncio.run(main(*sys.argv[1:]))
