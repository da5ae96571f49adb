"""Runs one hop of any contender, by throughput or by latency; refuses a run that lost, disordered or stalled."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from pydantic_core import from_json

from tests.load.place import PARTITIONS, Place
from tests.load.workload import SEED, Output, Workload, check, ends, event, producer, reader

POLL_SECONDS: Final = 0.1
STOP_SECONDS: Final = 15
START_SECONDS: Final = 30
ANSWER_SECONDS: Final = 10
# The first answers pay for connections, caches and plans; they are sent but not counted.
WARM_UP_SECONDS: Final = 2
GREETING: Final = -1


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that can make the hop: `python -m module role`, one process for each role.

    prepare: creates what the run's empty database needs.
    """

    name: str
    module: str
    roles: tuple[str, ...]
    prepare: Callable[[Place], Coroutine[Any, Any, None]]


class Died(RuntimeError):
    """A contender's process ended by itself; holds the end of what it wrote."""


class Running:
    """The processes of a contender."""

    def __init__(self, contender: Contender, place: Place, log: Path) -> None:
        self.name, self.log = contender.name, log
        with log.open("wb") as sink:
            self.processes = {
                role: subprocess.Popen(
                    [sys.executable, "-m", contender.module, role],
                    env=place.environment(),
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                )
                for role in contender.roles
            }

    def cpu_seconds(self) -> float:
        """What the processes have used so far, in user and system time."""
        times = [psutil.Process(process.pid).cpu_times() for process in self.processes.values()]
        return sum(float(each.user + each.system) for each in times)

    def check_alive(self) -> None:
        """Raises Died if a process ended."""
        for role, process in self.processes.items():
            if process.poll() is not None:
                raise Died(f"{self.name} {role} ended with {process.returncode}: {self.log.read_text()[-2_000:]}")

    def stop(self) -> None:
        """Ends the processes: asked first, killed if they do not."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running(contender: Contender, place: Place, log: Path) -> Iterator[Running]:
    """The contender's processes, started now and ended with the block."""
    processes = Running(contender, place, log)
    try:
        yield processes
    finally:
        processes.stop()


def wait_for_output(processes: Running, place: Place, expected: int, seconds: float) -> int:
    """How many records the target topic holds, once they are `expected` or more; TimeoutError after `seconds`."""
    watcher = reader(place, f"{place.group}.watch")
    deadline = time.monotonic() + seconds
    while (held := sum(ends(watcher, place.target))) < expected:
        processes.check_alive()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{processes.name}: {held} of {expected} answers after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
    watcher.close()
    return held


def throughput(contender: Contender, place: Place, workload: Workload, log: Path, seconds: float) -> Output:
    """One run over a preloaded source topic.

    Raises TimeoutError, Died, or RuntimeError when the answers are not those of the workload, once each, in order.
    """
    with running(contender, place, log) as processes:
        warm, used = wait_for_output(processes, place, workload.good // 10, seconds), processes.cpu_seconds()
        held = wait_for_output(processes, place, workload.good, seconds)
        used = processes.cpu_seconds() - used
    output = check(place)
    output.cpu = used / max(held - warm, 1) * 1e6
    if output.distinct != workload.good or output.inversions:
        raise RuntimeError(f"{contender.name}: {workload.good} answers in order expected, got {output}")
    return output


class Observer(threading.Thread):
    """Reads the target topic as it grows and notes when each answer arrived."""

    def __init__(self, place: Place, expected: int) -> None:
        super().__init__(daemon=True)
        self.expected = expected
        self.latencies: dict[int, float] = {}
        self.greeted, self.stopping = threading.Event(), threading.Event()
        self.consumer: Consumer = reader(place, f"{place.group}.observe")
        self.consumer.assign([TopicPartition(place.target, p, OFFSET_BEGINNING) for p in range(PARTITIONS)])

    def run(self) -> None:
        """Until all answers are there or the driver gives up."""
        while len(self.latencies) < self.expected and not self.stopping.is_set():
            message = self.consumer.poll(0.2)
            if message is None or message.error() is not None:
                continue
            now = time.time_ns()
            body = from_json(message.value() or b"")
            if body["seq"] == GREETING:
                self.greeted.set()
            else:
                self.latencies.setdefault(body["seq"], (now - body["at"]) / 1e6)
        self.consumer.close()


def send_open_loop(sender: Producer, topic: str, rate: float, count: int) -> None:
    """Sends at fixed instants, whatever the contender does: a late answer delays no later question."""
    chance = random.Random(SEED)
    start = time.time_ns()
    for seq in range(count):
        at = start + int(seq / rate * 1e9)
        time.sleep(max(0.0, (at - time.time_ns()) / 1e9))
        send(sender, topic, seq, f"household-{chance.randrange(20_000):06}", at)
    sender.flush(START_SECONDS)


def send(sender: Producer, topic: str, seq: int, key: str, at: int) -> None:
    """Hands one event to the client, which sends it at once."""
    body, headers = event(seq, key, at)
    sender.produce(topic, body, key, headers=headers)
    sender.poll(0)


def latency(contender: Contender, place: Place, rate: float, seconds: float, log: Path) -> list[float]:
    """Milliseconds from the intended sending of each event to the reading of its answer, warm-up left out.

    Raises TimeoutError when the contender does not start, or an answer is missing ten seconds after the last question.
    """
    skipped = int(rate * WARM_UP_SECONDS)
    count = skipped + int(rate * seconds)
    observer, sender = Observer(place, count), producer(place, linger_ms=0)
    with running(contender, place, log) as processes:
        observer.start()
        send(sender, place.source, GREETING, "greeting", 0)
        sender.flush(START_SECONDS)
        if observer.greeted.wait(START_SECONDS):
            send_open_loop(sender, place.source, rate, count)
            observer.join(ANSWER_SECONDS)
        processes.check_alive()
        observer.stopping.set()
        observer.join()
    if len(observer.latencies) < count:
        raise TimeoutError(f"{contender.name}: {len(observer.latencies)} of {count} answers at {rate}/s")
    return [observer.latencies[seq] for seq in range(skipped, count)]
