"""What the scripts share that break a cluster under load: the load driver, the leaders, the final checks."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from brokers import BROKER, ROOT, Cluster, ClusterError, build, wait_for

LOAD = os.path.join(ROOT, "scripts", "load")
started = time.monotonic()


class CheckFailed(Exception):
    """A promise that was not kept."""


def say(text):
    print(f"{time.monotonic() - started:7.1f} s  {text}", flush=True)


def load(*arguments):
    """Runs the load driver to its end; returns its result, whatever its exit code."""
    done = subprocess.run([LOAD, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise ClusterError(f"the load driver gave no result: {' '.join(map(str, arguments))}")
    return json.loads(done.stdout)


class Load:
    """The load driver in the background."""

    def __init__(self, *arguments, acked_file):
        self.acked_file = acked_file
        with contextlib.suppress(FileNotFoundError):
            os.remove(acked_file)
        self.started = time.monotonic()
        self.process = subprocess.Popen([LOAD, *map(str, arguments), "-f", acked_file],
                                        stdout=subprocess.PIPE, text=True)

    def is_running(self):
        return self.process.poll() is None

    def hurry(self):
        """A paced load sends the rest as fast as it goes."""
        if self.is_running():
            self.process.send_signal(signal.SIGUSR1)

    def wait_for_acks(self, seconds=60):
        """Until some more records were acknowledged than now (the file is written in blocks)."""
        before = self.acked_bytes()
        wait_for("acknowledgements", seconds, lambda: self.acked_bytes() > before or not self.is_running())

    def acked_bytes(self):
        with contextlib.suppress(FileNotFoundError):
            return os.path.getsize(self.acked_file)
        return 0

    def result(self, seconds):
        try:
            output, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise CheckFailed(f"the load did not end within {seconds} s") from None
        if not output.strip():
            raise CheckFailed(f"the load driver ended with {self.process.returncode} and no result")
        return json.loads(output)

    def end(self):
        if self.is_running():
            self.process.kill()
            self.process.wait()


def create_topic(cluster, topic, partitions, **configs):
    settings = [part for name, value in configs.items() for part in ("--config", f"{name}={value}")]
    made = subprocess.run([LOAD, "create", "-b", cluster.bootstrap, "-t", topic, "--partitions", str(partitions),
                           *settings], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode != 0:
        raise ClusterError(f"topic {topic} could not be created")


def leaders(cluster, topic):
    """Partition → broker, as kcat shows it; -1 where there is none."""
    shown = subprocess.run(["kcat", "-L", "-J", "-b", cluster.bootstrap, "-t", topic, "-m", "10"],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if shown.returncode != 0:
        return {}
    topics = json.loads(shown.stdout)["topics"]
    return {each["partition"]: each["leader"] for each in topics[0]["partitions"]}


def leader_of(cluster, topic, partition=0):
    def look():
        leader = leaders(cluster, topic).get(partition, -1)
        return leader if leader in cluster.brokers and cluster[leader].state() == "running" else None
    return wait_for(f"a leader of {topic}-{partition}", 30, look)


def verify(cluster, topic, acked_file, strict, content=None):
    """Every acknowledged record, byte for byte, at the offset that was acknowledged; offsets dense."""
    arguments = ["verify", "-b", cluster.bootstrap, "-t", topic, "-f", acked_file]
    arguments += ["--strict"] if strict else []
    arguments += ["--content", content] if content else []
    found = load(*arguments)
    say(f"read back: {json.dumps(found)}")
    wrong = [name for name in ("missing", "damaged", "offset_gaps", "foreign") if found[name]]
    wrong += [name for name in ("duplicates", "out_of_order") if strict and found[name]]
    if wrong:
        raise CheckFailed(f"{topic}: {', '.join(f'{found[name]} {name}' for name in wrong)}")
    return found


def compare_replicas(cluster):
    """Offline, entry by entry, by the broker's own tool."""
    folders = [broker.data for broker in cluster.brokers.values()]
    done = subprocess.run([BROKER, "log", "verify", *folders], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    last = "\n".join(done.stdout.strip().splitlines()[-5:])
    say(f"broker log verify: {last}")
    if done.returncode != 0:
        raise CheckFailed(f"broker log verify found:\n{done.stdout}")


@contextlib.contextmanager
def fresh_cluster(count=3, data=None, keep=False, overrides=None):
    """A cluster of its own in a temporary folder, which is kept when something went wrong."""
    build()
    folder = tempfile.mkdtemp(prefix="chaos-")
    cluster = Cluster.configure(folder, count, fresh_ports=True, data=data, overrides=overrides)
    failed = True
    try:
        cluster.start()
        yield cluster
        failed = False
    finally:
        for broker in cluster.brokers.values():
            if broker.pid is not None:
                broker.kill()
        if failed or keep:
            say(f"logs and data are kept in {folder}")
        else:
            shutil.rmtree(folder)


def run(main):
    """Runs a script's main and turns what it throws into an exit code and a line."""
    try:
        main()
    except (ClusterError, CheckFailed) as error:
        say(f"FAILED: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
