"""Machines that are network namespaces, for test-mpi, test-cluster and measure-scaling: each has a host name, an address and a cable to a
switch (Linux's bridge) of its own, shaped by tc. Open MPI starts its daemons through a command that enters the namespace,
in the place of ssh.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
SWITCH = "fm-switch"
# After a signal mpirun waits so long before it hands it on, and again before it kills its processes: a second if nothing is
# said, which is short for a step and a save on a busy machine.
PATIENCE = ["--mca", "odls_base_sigkill_timeout", "5"]
MPIRUN = shutil.which("mpirun.openmpi") or shutil.which("mpirun")


def run(*words, **options):
    return subprocess.run([str(w) for w in words], check=True, text=True, **options)


def inside(space, *words):
    return ["ip", "netns", "exec", space, *map(str, words)]


class Machines:
    """Namespaces fm-1, fm-2, ... with the addresses 10.77.0.1, ..."""

    def __init__(self, count, folder, rate="100mbit", delay=500):
        self.count, self.folder, self.relays = count, folder, []
        self.rate, self.delay = rate, delay

    def __enter__(self):
        self.remove()
        run("ip", "netns", "add", SWITCH)
        run(*inside(SWITCH, "ip", "link", "add", "br0", "type", "bridge"))
        run(*inside(SWITCH, "ip", "link", "set", "br0", "up"))
        netem = self.has_netem()
        if not netem and self.delay:
            run("cc", "-O2", "-o", self.folder / "link-delay", ROOT / "Tests/LinkDelay/link-delay.c")
            print("this kernel has no netem: the delay is made by Tests/LinkDelay")
        for n in range(1, self.count + 1):
            space = f"fm-{n}"
            run("ip", "netns", "add", space)
            if netem or not self.delay:
                run(*inside(SWITCH, "ip", "link", "add", f"port{n}", "type", "veth", "peer", "name", "eth0", "netns", space))
            else:
                relay = subprocess.Popen(
                    [str(self.folder / "link-delay"), space, "eth0", SWITCH, f"port{n}", str(self.delay)],
                    stdout=subprocess.PIPE, text=True)
                self.relays.append(relay)
                assert relay.stdout.readline() == "ready\n"
            run(*inside(SWITCH, "ip", "link", "set", f"port{n}", "master", "br0", "up"))
            run(*inside(space, "ip", "link", "set", "lo", "up"))
            run(*inside(space, "ip", "address", "add", f"10.77.0.{n}/24", "dev", "eth0"))
            run(*inside(space, "ip", "link", "set", "eth0", "up"))
            for place, device in [(space, "eth0"), (SWITCH, f"port{n}")]:
                if self.rate:
                    run(*inside(place, "tc", "qdisc", "replace", "dev", device, "root", "handle", "1:", "tbf", "rate",
                                self.rate, "burst", "64kb", "latency", "100ms"))
                if netem and self.delay:
                    run(*inside(place, "tc", "qdisc", "replace", "dev", device, "parent", "1:", "netem", "delay",
                                f"{self.delay}us"))
        agent = self.folder / "agent"
        agent.write_text(
            "#!/bin/sh\n# What mpirun calls in the place of ssh: HOST COMMAND...\nhost=${1##*.}\nshift\n"
            'exec ip netns exec "fm-$host" unshare --uts sh -c "hostname machine$host; cd \'%s\'; $*"\n' % self.folder)
        agent.chmod(0o755)
        return self

    @staticmethod
    def has_netem():
        run(*inside(SWITCH, "ip", "link", "add", "try0", "type", "veth", "peer", "name", "try1"))
        try:
            return subprocess.run(
                inside(SWITCH, "tc", "qdisc", "add", "dev", "try0", "root", "netem", "delay", "1ms"),
                stderr=subprocess.DEVNULL).returncode == 0
        finally:
            run(*inside(SWITCH, "ip", "link", "del", "try0"))

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        for relay in self.relays:
            relay.kill()
            relay.wait()
        self.relays = []
        spaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
        for space in re.findall(r"^(fm-\S+)", spaces, re.M):
            pids = subprocess.run(["ip", "netns", "pids", space], capture_output=True, text=True).stdout.split()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "del", space])

    def cut(self, n):
        run(*inside(SWITCH, "ip", "link", "set", f"port{n}", "down"))

    def mend(self, n):
        run(*inside(SWITCH, "ip", "link", "set", f"port{n}", "up"))

    def command(self, hosts, words, ranks=None, more=()):
        """A command line for mpirun on machine 1."""
        hostfile = self.folder / "hosts"
        hostfile.write_text("".join(f"10.77.0.{n} slots=1\n" for n in hosts))
        mpirun = [MPIRUN, "-n", str(ranks or len(hosts)), "--hostfile", str(hostfile), "--allow-run-as-root",
                  "--mca", "plm_rsh_agent", str(self.folder / "agent"), "--mca", "plm_rsh_no_tree_spawn", "1",
                  "--bind-to", "none", *more, *map(str, words)]
        line = " ".join("'%s'" % w for w in mpirun)
        return inside("fm-1", "unshare", "--uts", "sh", "-c", f"hostname machine1; cd '{self.folder}'; exec {line}")


# Where Debian has them.
PACKAGES = {
    "mpirun": "openmpi-bin", "ip": "iproute2", "tc": "iproute2", "cc": "gcc", "unshare": "util-linux", "nginx": "nginx-light",
    "ffmpeg": "ffmpeg", "faketime": "faketime", "runuser": "util-linux",
}


def require_tools(*tools):
    """Ends the program with a clear word where something is missing."""
    if os.geteuid() != 0:
        raise SystemExit("network namespaces need root")
    for tool in tools:
        if not (MPIRUN if tool == "mpirun" else shutil.which(tool, path="/usr/sbin:/sbin:" + os.environ.get("PATH", ""))):
            raise SystemExit(f"{tool} is missing: apt-get install {PACKAGES[tool]}")
    try:
        run("ip", "netns", "add", "fm-try", stderr=subprocess.PIPE)
        run("ip", "netns", "del", "fm-try")
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"network namespaces are not allowed here: {error.stderr.strip()}")
