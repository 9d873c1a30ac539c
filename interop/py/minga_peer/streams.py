"""The application protocols of the contract and what they count."""

import hashlib
from contextlib import asynccontextmanager

import trio
from libp2p.host.exceptions import StreamFailure
from libp2p.network.stream.exceptions import StreamEOF
from libp2p.peer.id import ID
from libp2p.protocol_muxer.exceptions import MultiselectClientError

from .xorshift import Xorshift

ECHO = "/minga/interop/echo/1.0.0"
HALF_CLOSE = "/minga/interop/halfclose/1.0.0"
RESET = "/minga/interop/reset/1.0.0"
NOBODY = "/minga/interop/nobody/1.0.0"

CHUNK_BYTES = 64 * 1024
HALF_CLOSE_BYTES = 1000


class Aborted(Exception):
    """The stream ended without the remote's FIN."""


async def read_some(stream, limit: int = CHUNK_BYTES) -> bytes:
    """What there is, or b"" after the remote's FIN; Aborted otherwise.

    py-libp2p reports the loss of a connection as an end of file, so that is
    looked up in the muxer.
    """
    try:
        data = await stream.read(limit)
    except StreamEOF:
        data = b""
    except Exception as e:
        raise Aborted(f"{type(e).__name__}: {e}") from e
    if not data and stream.muxed_conn.event_shutting_down.is_set():
        raise Aborted("the connection is gone")
    return data


async def read_to_end(stream) -> bytes:
    out = b""
    while data := await read_some(stream):
        out += data
    return out


def add(control, host) -> None:
    Streams(control, host)


class Streams:
    def __init__(self, control, host) -> None:
        self._host = host
        self._nursery = control.nursery
        self._resets_seen = 0
        self._open = 0
        self._held_ended = 0

        host.set_stream_handler(ECHO, self._inbound(self._serve_echo))
        host.set_stream_handler(HALF_CLOSE, self._inbound(self._serve_half_close))
        host.set_stream_handler(RESET, self._inbound(self._serve_reset))

        control.on("echo", self.echo)
        control.on("parallel", self.parallel)
        control.on("halfclose", self.half_close)
        control.on("reset", self.reset)
        control.on("abort", self.abort)
        control.on("hold", self.hold)
        control.on("stats", self.stats)
        control.on("unsupported", self.unsupported)

    async def stats(self, _):
        return {
            "resetsSeen": self._resets_seen,
            "openStreams": self._open,
            "heldEnded": self._held_ended,
        }

    def _inbound(self, serve):
        async def handler(stream):
            self._open += 1
            try:
                await serve(stream)
                await stream.close()
            except Exception:
                await stream.reset()
            finally:
                self._open -= 1

        return handler

    async def _serve_echo(self, stream):
        try:
            while data := await read_some(stream):
                await stream.write(data)
        except Exception:
            self._resets_seen += 1
            raise

    async def _serve_half_close(self, stream):
        await stream.write(hashlib.sha256(await read_to_end(stream)).digest())

    async def _serve_reset(self, stream):
        await read_some(stream, 1)
        await stream.reset()

    @asynccontextmanager
    async def _dial(self, command, protocol):
        stream = await self._host.new_stream(ID.from_string(command["peer"]), [protocol])
        self._open += 1
        try:
            yield stream
        except BaseException:
            with trio.CancelScope(shield=True), trio.move_on_after(1):
                await stream.reset()
            raise
        finally:
            self._open -= 1

    async def _echo_once(self, command, seed):
        sent, received = hashlib.sha256(), hashlib.sha256()
        received_bytes = 0
        failure = None

        async with self._dial(command, ECHO) as stream:

            async def write(scope):
                nonlocal failure
                data, left = Xorshift(seed), command["bytes"]
                try:
                    while left > 0:
                        chunk = data.read(min(left, CHUNK_BYTES))
                        left -= len(chunk)
                        await stream.write(chunk)
                        sent.update(chunk)
                    await stream.close_write()
                except Exception as e:
                    failure = e
                    scope.cancel()

            async with trio.open_nursery() as nursery:
                nursery.start_soon(write, nursery.cancel_scope)
                try:
                    while data := await read_some(stream):
                        received.update(data)
                        received_bytes += len(data)
                except Aborted as e:
                    failure = failure or e
                    nursery.cancel_scope.cancel()
            if failure is not None:
                raise failure
            await stream.close()
        return received_bytes, sent.hexdigest(), received.hexdigest()

    async def echo(self, command):
        count, sent, received = await self._echo_once(command, command.get("seed", 0))
        return {"bytesReceived": count, "sha256Sent": sent, "sha256Received": received}

    async def parallel(self, command):
        matching, failures = 0, []

        async def one(seed):
            nonlocal matching
            try:
                count, sent, received = await self._echo_once(command, seed)
                matching += sent == received and count == command["bytes"]
            except Exception as e:
                failures.append(f"{type(e).__name__}: {e}")

        async with trio.open_nursery() as nursery:
            for i in range(command["streams"]):
                nursery.start_soon(one, command.get("seed", 0) + i)
        return {"matching": matching, **({"failures": "; ".join(failures)} if failures else {})}

    async def half_close(self, command):
        data = Xorshift(command.get("seed", 0)).read(HALF_CLOSE_BYTES)
        async with self._dial(command, HALF_CLOSE) as stream:
            await stream.write(data)
            await stream.close_write()
            reply = await read_to_end(stream)
            await stream.close()
        return {"matches": reply == hashlib.sha256(data).digest()}

    async def reset(self, command):
        async with self._dial(command, RESET) as stream:
            await stream.write(b"\x01")
            try:
                await read_to_end(stream)
            except Aborted:
                return {"reset": True}
            await stream.close()
        return {"reset": False}

    async def _echo_one_byte(self, stream):
        await stream.write(b"\x2a")
        if await read_some(stream, 1) != b"\x2a":
            raise Aborted("another byte came back")

    async def abort(self, command):
        async with self._dial(command, ECHO) as stream:
            await self._echo_one_byte(stream)
            await stream.reset()

    async def hold(self, command):
        started = trio.Event()
        failure = None

        async def held():
            nonlocal failure
            try:
                async with self._dial(command, ECHO) as stream:
                    await self._echo_one_byte(stream)
                    started.set()
                    try:
                        await read_to_end(stream)
                        await stream.close()
                    except Aborted:
                        self._resets_seen += 1
                        await stream.reset()
                    finally:
                        self._held_ended += 1
            except Exception as e:
                failure = e
                started.set()

        # The stream outlives the command.
        self._nursery.start_soon(held)
        await started.wait()
        if failure is not None:
            raise failure

    async def unsupported(self, command):
        try:
            async with self._dial(command, NOBODY) as stream:
                await stream.reset()
        except StreamFailure as e:
            # The cause tells a refusal from a lost connection or a timeout.
            if isinstance(e.__cause__, MultiselectClientError) and "not supported" in str(e.__cause__):
                return {"refused": True}
            raise
        return {"refused": False}
