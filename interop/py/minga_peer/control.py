"""Reads commands, one JSON object a line, and answers each with one line."""

import json
import sys
import traceback

import trio

COMMAND_TIMEOUT_SECONDS = 300


class Unsupported(Exception):
    """The library cannot do what was asked."""


class Control:
    def __init__(self, stdout, nursery) -> None:
        self._stdout = stdout
        self.nursery = nursery
        self._handlers = {}

    def on(self, name, handler) -> None:
        self._handlers[name] = handler

    def write(self, answer: dict) -> None:
        self._stdout.write(json.dumps(answer) + "\n")
        self._stdout.flush()

    async def serve(self, stdin) -> None:
        """Returns at the end of stdin."""
        while line := await trio.to_thread.run_sync(stdin.readline):
            if not line.strip():
                continue
            try:
                command = json.loads(line)
            except ValueError as e:
                self.write({"id": None, "ok": False, "error": f"not a command: {e}"})
                continue
            self.nursery.start_soon(self._handle, command)

    async def _handle(self, command: dict) -> None:
        try:
            handler = self._handlers.get(command.get("cmd"))
            if handler is None:
                raise Unsupported(f"no command {command.get('cmd')}")
            with trio.fail_after(COMMAND_TIMEOUT_SECONDS):
                answer = await handler(command)
            self.write({"id": command.get("id"), "ok": True, **(answer or {})})
        except Unsupported as e:
            self.write({"id": command.get("id"), "ok": False, "error": f"unsupported: {e}"})
        except Exception as e:
            traceback.print_exc(file=sys.stderr)
            self.write({"id": command.get("id"), "ok": False, "error": f"{type(e).__name__}: {e}"})
