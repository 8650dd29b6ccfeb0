"""Tells the runner what a playbook does: one JSON object a line, through the file descriptor that KPAAS_EVENTS_FD names."""

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: kpaas_events
type: notification
short_description: structured events for the runner
description: Writes plays, tasks, results and the summary as lines of JSON.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "kpaas_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._started = {}
        descriptor = os.environ.get("KPAAS_EVENTS_FD")
        self._out = None if descriptor is None else os.fdopen(int(descriptor), "w", encoding="utf-8")

    def _tell(self, **event):
        if self._out is None:
            return
        try:
            self._out.write(json.dumps(event) + "\n")
            self._out.flush()
        except BrokenPipeError:
            # Nobody listens any more; the run goes on.
            self._out = None

    def v2_playbook_on_play_start(self, play):
        self._tell(event="play", name=play.get_name().strip())

    def _task(self, task):
        self._tell(event="task", name=task.get_name().strip())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._task(task)

    def v2_playbook_on_handler_task_start(self, task):
        self._task(task)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._task(task)

    def v2_runner_on_start(self, host, task):
        self._started[(host.get_name(), task._uuid)] = time.monotonic()
        self._tell(event="start", host=host.get_name())

    def _result(self, result, status, failed=False):
        host, task = result._host.get_name(), result._task
        started = self._started.pop((host, task._uuid), None)
        event = {"event": "result", "host": host, "task": task.get_name().strip(), "status": status}
        event["seconds"] = 0 if started is None else round(time.monotonic() - started, 3)
        if failed:
            event["message"] = message_of(result._result)
        self._tell(**event)

    def v2_runner_on_ok(self, result):
        self._result(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "ignored" if ignore_errors else "failed", True)

    def v2_runner_on_unreachable(self, result):
        ignored = result._task.ignore_unreachable
        self._result(result, "ignored" if ignored else "unreachable", True)

    def v2_playbook_on_stats(self, stats):
        names = {"ok": "ok", "changed": "changed", "unreachable": "dark", "failures": "failures"}
        names.update({"skipped": "skipped", "rescued": "rescued", "ignored": "ignored"})
        hosts = {
            host: {name: getattr(stats, field).get(host, 0) for name, field in names.items()}
            for host in stats.processed
        }
        self._tell(event="summary", hosts=hosts)


def message_of(result):
    """Why a task failed: of a loop, its first item that did."""
    if result.get("censored"):
        return "what it says is kept secret (no_log); run the task by hand on the host to see it"
    for item in result.get("results") or []:
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")):
            return message_of(item)
    parts = [result.get("msg")]
    # Of a program that failed, the message is its exit code only.
    if result.get("rc") not in (None, 0):
        parts += [result.get("stderr") or result.get("stdout")]
    elif not parts[0]:
        parts += [result.get("stderr"), result.get("stdout"), result.get("exception")]
    text = "\n".join(part if isinstance(part, str) else json.dumps(part) for part in parts if part).strip()
    return text[-4000:] or "it says nothing"
