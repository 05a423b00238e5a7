"""A cluster of "broker serve" processes on loopback: started, stopped, killed and paused one by one.

Everything about a cluster is in its data directory: per broker a configuration (made from cluster-configs/), a pid
file, a log and the broker's own data. So a later command finds what an earlier one started.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))
BROKER = os.path.join(ROOT, "src/Broker.Cli/bin/Release/net10.0/broker")
START_SECONDS = 60
STOP_SECONDS = 60
WHOLE_SECONDS = 600


class ClusterError(Exception):
    """Something that the caller of a script has to know, in words."""


def build():
    """Builds the executable when something has changed."""
    built = subprocess.run(["bash", "-c", f". '{ROOT}/scripts/lib/build.sh'; build_broker"], check=False)
    if built.returncode != 0:
        raise ClusterError("the broker could not be built")


def free_ports(count):
    """Ports that nothing listens on now; all are held at once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(what, seconds, check, pause=0.05):
    """Waits until check() gives something true, and returns it; says what it waited for when it gives up."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise ClusterError(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)


class Process:
    """One broker process and its files."""

    # In a mount namespace of its own: nobody else on this machine sees another boot id.
    UNDER_ANOTHER_KERNEL = ["unshare", "--mount", "sh", "-c",
                            'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"']

    def __init__(self, cluster, number):
        self.cluster = cluster
        self.number = number
        self.folder = cluster.folder
        self.config_file = os.path.join(cluster.folder, f"broker-{number}.json")
        self.pid_file = os.path.join(cluster.folder, f"broker-{number}.pid")
        self.log_file = os.path.join(cluster.folder, f"broker-{number}.log")
        self.child = None

    @property
    def config(self):
        with open(self.config_file, encoding="utf-8") as file:
            return json.load(file)

    @property
    def data(self):
        return self.config["data.dir"]

    @property
    def address(self):
        return self.config["listeners"]["client"]["advertised"]

    @property
    def pid(self):
        """The pid while the process lives; None otherwise. A pid that was given to something else does not count."""
        if self.child is not None:
            return self.child.pid if self.child.poll() is None else None
        try:
            with open(self.pid_file, encoding="utf-8") as file:
                pid = int(file.read())
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                ours = self.config_file.encode() in file.read()
            return pid if ours and self.state_of(pid) != "Z" else None
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None

    @staticmethod
    def state_of(pid):
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0]

    def state(self):
        pid = self.pid
        if pid is None:
            return "stopped"
        return "paused" if self.state_of(pid) == "T" else "running"

    def start(self, settings=()):
        if self.pid is not None:
            raise ClusterError(f"broker {self.number} is running already (pid {self.pid})")
        command = [BROKER, "serve", "--config", self.config_file]
        for setting in settings:
            command += ["--set", setting]
        if os.path.exists(self.cluster.boot_file):
            command = [*self.UNDER_ANOTHER_KERNEL, self.cluster.boot_file, *command]
        with open(self.log_file, "ab") as log:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          cwd=self.folder, start_new_session=True)
        with open(self.pid_file, "w", encoding="utf-8") as file:
            file.write(f"{self.child.pid}\n")

    def signal(self, which):
        pid = self.pid
        if pid is None:
            raise ClusterError(f"broker {self.number} is not running")
        os.kill(pid, which)
        return pid

    def ended(self):
        return self.pid is None

    def stop(self):
        """In order: SIGTERM, and waits for the end."""
        if self.state() == "paused":
            self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        wait_for(f"broker {self.number} to end after SIGTERM", STOP_SECONDS, self.ended)

    def kill(self):
        self.signal(signal.SIGKILL)
        wait_for(f"broker {self.number} to be gone", 10, self.ended, 0.005)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def is_ready(self):
        if self.ended():
            raise ClusterError(f"broker {self.number} ended while starting; the end of {self.log_file}:\n"
                               + self.end_of_log())
        url = f"http://{self.config['http.bind']}/health/ready"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self):
        try:
            wait_for(f"broker {self.number} to be ready", START_SECONDS, self.is_ready)
        except ClusterError as error:
            raise ClusterError(f"{error}\n{self.end_of_log()}") from None

    def end_of_log(self, lines=15):
        try:
            with open(self.log_file, encoding="utf-8", errors="replace") as file:
                return "".join("    " + line for line in file.readlines()[-lines:])
        except FileNotFoundError:
            return ""


class Cluster:
    """All brokers of one data directory."""

    def __init__(self, folder):
        self.folder = os.path.realpath(folder)
        self.boot_file = os.path.join(self.folder, "boot-id")
        names = os.listdir(self.folder) if os.path.isdir(self.folder) else []
        numbers = sorted(int(name[7:-5]) for name in names if name.startswith("broker-") and name.endswith(".json"))
        self.brokers = {number: Process(self, number) for number in numbers}

    @staticmethod
    def configure(folder, count, fresh_ports=False, data=None, overrides=None):
        """Writes the configurations of a new cluster: the samples' own where there are some, ports and all."""
        folder = os.path.realpath(folder)
        os.makedirs(folder, exist_ok=True)
        numbers = range(1, count + 1)
        ports = free_ports(3 * count) if fresh_ports else None
        peers = {n: ports[count + n - 1] if ports else 9191 + n for n in numbers}
        for number in numbers:
            sample = os.path.join(ROOT, "cluster-configs", f"broker-{min(number, 3)}.json")
            with open(sample, encoding="utf-8") as file:
                config = json.load(file)
            client = f"127.0.0.1:{ports[number - 1] if ports else 9091 + number}"
            peer = f"127.0.0.1:{peers[number]}"
            config["broker.id"] = number
            config["data.dir"] = (data or {}).get(number, os.path.join(folder, f"broker-{number}"))
            config["listeners"]["client"] = {"bind": client, "advertised": client}
            config["peer"] = {"bind": peer, "advertised": peer}
            config["http.bind"] = f"127.0.0.1:{ports[2 * count + number - 1] if ports else 8079 + number}"
            config["metadata.voters"] = [f"{n}@127.0.0.1:{peers[n]}" for n in numbers if n <= 3]
            config["default.replication.factor"] = min(count, 3)
            config["min.insync.replicas"] = min(count, 2)
            config.update(overrides or {})
            with open(os.path.join(folder, f"broker-{number}.json"), "w", encoding="utf-8") as file:
                json.dump(config, file, indent=2)
                file.write("\n")
        return Cluster(folder)

    def __getitem__(self, number):
        if number not in self.brokers:
            known = ", ".join(map(str, self.brokers)) or "none"
            raise ClusterError(f"there is no broker {number} in {self.folder} (known: {known})")
        return self.brokers[number]

    @property
    def bootstrap(self):
        return ",".join(broker.address for broker in self.brokers.values())

    def is_whole(self):
        """Every broker is there, every partition has a leader, and all replicas are in sync; of what brokers say."""
        try:
            asked = subprocess.run(
                [BROKER, "cluster", "status", "-b", self.bootstrap, "--format", "json"],
                capture_output=True, text=True, timeout=30, check=False)
        except subprocess.TimeoutExpired:
            return False
        if asked.returncode != 0:
            return False
        status = json.loads(asked.stdout)
        return (len(status["brokers"]) == len(self.brokers)
                and status["leaderless"] == 0 and status["underReplicated"] == 0)

    def wait_whole(self):
        wait_for("all partitions to have leaders and all replicas in sync", WHOLE_SECONDS, self.is_whole, 0.2)

    @property
    def pids(self):
        return [broker.pid for broker in self.brokers.values() if broker.pid is not None]

    def start(self, settings=()):
        for broker in self.brokers.values():
            if broker.pid is None:
                broker.start(settings)
        self.wait_ready()

    def reboot(self):
        """From their next start on brokers see a boot id that they have not seen before. It takes root."""
        with open(self.boot_file, "w", encoding="utf-8") as file:
            file.write(f"{uuid.uuid4()}\n")

    def wait_ready(self):
        for broker in self.brokers.values():
            if broker.state() == "running":
                broker.wait_ready()

    def stop(self):
        alive = [broker for broker in self.brokers.values() if broker.pid is not None]
        for broker in alive:
            if broker.state() == "paused":
                broker.resume()
            broker.signal(signal.SIGTERM)
        late = []
        for broker in alive:
            try:
                wait_for(f"broker {broker.number} to end", STOP_SECONDS, broker.ended)
            except ClusterError:
                late.append(broker.number)
                broker.kill()
        if late:
            raise ClusterError(f"brokers {late} did not end within {STOP_SECONDS} s of SIGTERM and were killed")

    def kill(self):
        """All at the same moment."""
        alive = [broker for broker in self.brokers.values() if broker.pid is not None]
        for pid in [broker.pid for broker in alive]:
            os.kill(pid, signal.SIGKILL)
        for broker in alive:
            wait_for(f"broker {broker.number} to be gone", 10, broker.ended, 0.005)
