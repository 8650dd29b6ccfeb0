"""
Runs one playbook for the runner: supervise.py RUN.json, with the standard library alone.

Ansible's output goes to a log, its events to standard output, secrets of both masked. On standard input the runner says `stop`, or is gone
when that ends: then a playbook that may be broken off is, and any other one is brought to its end, and what the run kept in memory is removed.
"""

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

# How long an interrupted Ansible may take to end, then a terminated one, in seconds.
PATIENCE = ((signal.SIGINT, 60), (signal.SIGTERM, 10), (signal.SIGKILL, None))

MASK = "[secret]"

# What is secret whatever it belongs to. The last group of each is what is masked.
PATTERNS = [
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----((?:.(?!-----END))*.?)", re.S),
    re.compile(r"\b([a-z0-9]{6}\.[a-z0-9]{16})\b"),  # kubeadm's tokens
    re.compile(r"certificate[-_]?key\W{1,6}([0-9a-f]{64})\b", re.I),
    re.compile(r"client-key-data\W{1,4}([A-Za-z0-9+/=]{16,})"),
    re.compile(r"\bBearer\s+([\w.~+/=-]{12,})", re.I),
    re.compile(r"\b(eyJ[\w-]{10,}\.[\w-]+\.[\w-]*)"),  # JSON web tokens
    re.compile(r"://[^/\s:@\"']+:([^@/\s\"']+)@"),
    re.compile(r"[\"']?\b(?:\w*(?:password|passwd|secret_key|access_key|_token))[\"']?\s*[:=]\s*[\"']([^\"']{4,})[\"']", re.I),
]
KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
KEY_ENDS = re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")


class Masker:
    def __init__(self, secrets):
        forms = set()
        for secret in secrets:
            pieces = {secret.strip()} | {line.strip() for line in secret.splitlines() if len(line.strip()) >= 12}
            for piece in pieces:
                if len(piece) < 4:
                    continue
                forms |= {piece, json.dumps(piece)[1:-1], base64.b64encode(piece.encode()).decode()}
        ordered = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def mask(self, text):
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern in PATTERNS:
            text = pattern.sub(self._hide, text)
        return text

    @staticmethod
    def _hide(match):
        whole, last = match.group(0), match.lastindex
        start, end = (place - match.start() for place in match.span(last))
        return whole[:start] + MASK + whole[end:]

    def mask_all(self, value):
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_all(each) for each in value]
        if isinstance(value, dict):
            return {key: self.mask_all(each) for key, each in value.items()}
        return value


class Run:
    def __init__(self, settings):
        self.settings = settings
        self.masker = Masker(settings["secrets"])
        self.alone = False
        self.stopping = False
        # A signal may come while this very thread holds it.
        self.lock = threading.RLock()
        self.log = os.fdopen(os.open(settings["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8")
        self.child = None

    def write(self, text):
        with self.lock:
            self.log.write(text)
            self.log.flush()

    def tell(self, event):
        if self.alone:
            return
        try:
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The runner is gone, of which standard input tells as well.
            sys.stdout = open(os.devnull, "w")

    def start(self):
        reader, writer = os.pipe()
        os.set_inheritable(writer, True)
        environment = {**os.environ, "KPAAS_EVENTS_FD": str(writer)}
        self.child = subprocess.Popen(
            self.settings["command"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writer,),
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        os.close(writer)
        readers = [
            threading.Thread(target=self.copy_output, daemon=True),
            threading.Thread(target=self.copy_events, args=(reader,), daemon=True),
        ]
        for each in readers:
            each.start()
        threading.Thread(target=self.listen, daemon=True).start()
        code = self.child.wait()
        for each in readers:
            each.join(10)
        return code

    def copy_output(self):
        in_key = False
        for raw in self.child.stdout:
            line = raw.decode("utf-8", "replace")
            if in_key:
                in_key = not KEY_ENDS.search(line)
                continue
            begins = KEY_BEGINS.search(line)
            in_key = begins is not None and not KEY_ENDS.search(line, begins.end())
            self.write(self.masker.mask(line))

    def copy_events(self, reader):
        with os.fdopen(reader, encoding="utf-8") as lines:
            for line in lines:
                self.tell(self.masker.mask_all(json.loads(line)))

    def listen(self):
        for line in sys.stdin:
            if line.strip() == "stop":
                self.stop("asked to stop")
        self.alone = True
        if self.settings["finish"]:
            self.write("kpaas: the process that started this run is gone; a run that cannot be broken off is finished first\n")
        else:
            self.stop("the process that started this run is gone")

    def stop(self, why):
        with self.lock:
            if self.stopping:
                return
            self.stopping = True
        self.write(f"kpaas: {why}\n")
        threading.Thread(target=self.end_child, daemon=True).start()

    def end_child(self):
        for number, patience in PATIENCE:
            try:
                os.killpg(self.child.pid, number)
            except ProcessLookupError:
                return
            try:
                self.child.wait(patience)
                return
            except subprocess.TimeoutExpired:
                continue


def die_with_parent():
    """Linux ends Ansible with this process, however that ends; elsewhere its output has nowhere to go then."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def leave(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def close_connections(folder):
    sockets = os.path.join(folder, "s")
    for name in os.listdir(sockets) if os.path.isdir(sockets) else []:
        command = ["ssh", "-F", "/dev/null", "-S", os.path.join(sockets, name), "-O", "exit", "none"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=10)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    os.umask(0o077)
    # So that whoever clears up after the runner knows that somebody is still at work here.
    leave(os.path.join(settings["folder"], "holder"), str(os.getpid()))
    leave(settings["record"], json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "step": settings["step"]}))
    run = Run(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: run.stop("told to end"))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    code = run.start()
    os.remove(settings["record"])
    if run.alone:
        run.write(f"kpaas: ended with {code}\n")
        close_connections(settings["folder"])
        shutil.rmtree(settings["folder"], ignore_errors=True)
    else:
        run.tell({"event": "exit", "code": code})


if __name__ == "__main__":
    main()
