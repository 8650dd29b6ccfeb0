"""One end of a network: sends and takes real packets in the network namespace that it was started in.

Commands come as lines of JSON on standard input, each is answered by one line, in order. The namespace ends with this process.
What has arrived is seen by raw sockets, which get their copy after the kernel's own filters, and before anything listens.
"""
import ctypes
import errno
import json
import os
import resource
import select
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time

NUMBERS = {"icmp": 1, "ipip": 4, "tcp": 6, "udp": 17, "gre": 47, "icmpv6": 58, "vrrp": 112}
ASK, ANSWER = b"ask ", b"yes "
loop = selectors.DefaultSelector()
arrived = set()
listeners = {}
batch = None


class Batch:
    """Probes that are under way: it ends when all that want an answer have one, or when none has come for a while."""

    def __init__(self, command):
        self.quiet, self.waiting, self.answered, self.sockets = command["quiet"], {}, [], []
        self.until = time.monotonic() + self.quiet
        for probe in command["probes"]:
            if probe.get("answer", True):
                self.waiting[probe["id"]] = probe
        for probe in command["probes"]:
            send(self, probe)
        self.until = time.monotonic() + self.quiet

    def take(self, number):
        if self.waiting.pop(number, None) is not None:
            self.answered.append(number)
            self.until = time.monotonic() + self.quiet

    def end(self):
        for each in self.sockets:
            if each in loop.get_map():
                loop.unregister(each)
            each.close()
        return {"answered": self.answered}


def checksum(data):
    """Of the internet, for an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp(kind, rest, body):
    plain = struct.pack("!BBHI", kind, 0, 0, rest) + body
    return struct.pack("!BBHI", kind, 0, checksum(plain), rest) + body


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def opened(probe, kind, protocol=0):
    made = socket.socket(family(probe["to"]), kind, protocol)
    made.setblocking(False)
    raw = kind == socket.SOCK_RAW
    # Nothing that is sent again after this batch may be taken for the next one's.
    if kind == socket.SOCK_STREAM:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if kind != socket.SOCK_STREAM:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if probe.get("sport"):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((probe["from"], 0 if raw else probe.get("sport", 0)))
    return made


def send(batch, probe):
    protocol, to, number = probe["protocol"], probe["to"], probe["id"]
    text = ASK + str(number).encode()
    if protocol in ("tcp", "udp"):
        made = opened(probe, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
        result = made.connect_ex((to, probe["port"]))
        if result not in (0, errno.EINPROGRESS):
            made.close()
            return
        batch.sockets.append(made)
        if protocol == "udp":
            try:
                made.send(text)
            except ConnectionRefusedError:
                pass
        loop.register(made, selectors.EVENT_READ if protocol == "udp" else selectors.EVENT_WRITE, (on_answer, number, text))
        return
    made = opened(probe, socket.SOCK_RAW, NUMBERS[protocol])
    batch.sockets.append(made)
    kind = probe.get("type", 8)
    if protocol == "icmp" and kind == 8:
        data = icmp(8, number & 0xFFFF, text + b" " * (len(text) % 2))
        wanted = b"\0\0", data[8:]  # an echo's answer
    elif protocol == "icmp":
        # An error about a packet that nobody here has sent.
        about = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 9, 17, 0, socket.inet_aton(to), socket.inet_aton("192.0.2.200"))
        data = icmp(kind, 0, about + struct.pack("!HHHH", 9, 9, 8, 0))
        wanted = None
    elif protocol == "icmpv6":
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        data = struct.pack("!BBHI", kind, 0, 0, 0) + socket.inet_pton(socket.AF_INET6, probe["from"])
        wanted = None
    else:
        data = text
        wanted = b"", ANSWER + str(number).encode()
    if wanted:
        loop.register(made, selectors.EVENT_READ, (on_raw_answer, number, *wanted))
    made.sendto(data, (to, 0))


def on_answer(made, number, text):
    """A connection stands, or an answer has come."""
    if loop.get_key(made).events == selectors.EVENT_WRITE:
        if made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
            loop.unregister(made)
            return
        try:
            made.send(text)
            loop.modify(made, selectors.EVENT_READ, (on_answer, number, text))
        except OSError:
            loop.unregister(made)
        return
    try:
        data = made.recv(100)
    except (BlockingIOError, ConnectionError):
        data = b""
    if data == ANSWER + str(number).encode():
        batch.take(number)
    loop.unregister(made)


def on_raw_answer(made, number, begin, end):
    while True:
        try:
            data = made.recv(2000)
        except BlockingIOError:
            return
        data = data[(data[0] & 15) * 4 :]
        if data.startswith(begin) and data.endswith(end):
            batch.take(number)
            return


def on_packet(made, name, version):
    """What came in, whoever listens."""
    while True:
        try:
            data, extra, _flags, sender = made.recvmsg(2000, 200)
        except BlockingIOError:
            return
        if version == 4:
            source, target = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
            data = data[(data[0] & 15) * 4 :]
        else:
            source = sender[0].split("%")[0]
            target = next((socket.inet_ntop(socket.AF_INET6, value[:16]) for _level, _kind, value in extra), "?")
        if name == "tcp" and data[13] & 0x12 != 0x02:
            continue  # only what begins a connection
        if name in ("icmp", "icmpv6"):
            detail = data[0]
        else:
            detail = struct.unpack("!H", data[2:4])[0] if name in ("tcp", "udp") else 0
        if name in ("ipip", "gre", "vrrp"):
            if data.startswith(ANSWER):
                continue
            if data.startswith(ASK):
                try:
                    made.sendto(ANSWER + data[len(ASK) :], (source, 0))
                except OSError:
                    pass
        arrived.add(f"{name} {source} {target} {detail}")


def on_connection(made, *_):
    try:
        connection, _sender = made.accept()
    except OSError:
        return
    connection.setblocking(False)
    loop.register(connection, selectors.EVENT_READ, (on_question,))


def on_question(made, *_):
    try:
        data = made.recv(100)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if data.startswith(ASK):
        try:
            made.send(ANSWER + data[len(ASK) :])
            return
        except OSError:
            pass
    loop.unregister(made)
    made.close()


def on_datagram(made, *_):
    try:
        data, sender = made.recvfrom(100)
        if data.startswith(ASK):
            made.sendto(ANSWER + data[len(ASK) :], sender)
    except OSError:
        pass


def run(command):
    done = subprocess.run(command["argv"], input=command.get("input", ""), capture_output=True, text=True)
    return {"code": done.returncode, "out": done.stdout, "error": done.stderr}


def listen(command):
    for protocol, address, port in command["at"]:
        if (protocol, address, port) in listeners:
            continue
        made = socket.socket(family(address), socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setblocking(False)
        made.bind((address, port))
        if protocol == "tcp":
            made.listen(512)
        loop.register(made, selectors.EVENT_READ, (on_connection if protocol == "tcp" else on_datagram,))
        listeners[(protocol, address, port)] = made
    return {}


def take(_command):
    """What has arrived since it was last asked for. What is still in the sockets counts."""
    for key in list(loop.get_map().values()):
        if key.data and key.data[0] is on_packet:
            on_packet(key.fileobj, *key.data[1:])
    found = sorted(arrived)
    arrived.clear()
    return {"arrived": found}


def forget(_command):
    """Empties the kernel's table of connections, which would let through what belongs to an earlier one."""
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    netlink.send(struct.pack("=IHHIIBBH", 20, 0x102, 5, 1, 0, 0, 0, 0))
    (code,) = struct.unpack("=i", netlink.recv(4096)[16:20])
    netlink.close()
    return {"code": code}


COMMANDS = {"run": run, "listen": listen, "take": take, "forget": forget}


def watch():
    """Sockets that see every packet of the protocols."""
    for name, number in NUMBERS.items():
        for version in {"icmpv6": [6], "tcp": [4, 6], "udp": [4, 6]}.get(name, [4]):
            made = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_RAW, number)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            made.setblocking(False)
            if version == 6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            loop.register(made, selectors.EVENT_READ, (on_packet, name, version))


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main():
    global batch
    # It must not outlive whoever started it.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    watch()
    say({"pid": os.getpid()})
    buffer = b""
    while True:
        timeout = None if batch is None else max(0.0, batch.until - time.monotonic())
        readers = [loop] if batch is not None else [loop, sys.stdin.buffer]
        # The next command waits for the batch; packets do not.
        ready, _, _ = select.select(readers, [], [], timeout)
        if loop in ready:
            for key, _events in loop.select(0):
                handler, *rest = key.data
                if key.fd in loop.get_map():
                    handler(key.fileobj, *rest)
        if batch is not None and (not batch.waiting or time.monotonic() >= batch.until):
            say(batch.end())
            batch = None
        if sys.stdin.buffer in ready:
            data = os.read(0, 1 << 20)
            if not data:
                return
            buffer += data
        while batch is None and b"\n" in buffer:
            line, buffer = buffer.split(b"\n", 1)
            command = json.loads(line)
            if command["do"] == "send":
                batch = Batch(command)
            else:
                say(COMMANDS[command["do"]](command))


main()
