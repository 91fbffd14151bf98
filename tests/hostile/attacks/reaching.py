"""Out of the sandbox: files, the network, other processes."""

from tests.hostile.attack import Attack

ATTACKS = [
    Attack(
        "writes outside",
        "Overwrites a file, adds one, and changes gradebook, solution and a neighbour's notebook, each by its full path.",
        cell="""
import os, pathlib, shutil
for path in (KNOWS["canary"], KNOWS["outside"] + "/new", KNOWS["gradebook"], KNOWS["solution"], KNOWS["neighbour"], KNOWS["secret"]):
    for way in (path, "/proc/self/root" + path, "/proc/1/root" + path, "../../.." + path):
        for act in (lambda: open(way, "ab").write(b"mine"), lambda: os.unlink(way), lambda: os.chmod(way, 0o777),
                    lambda: os.makedirs(os.path.dirname(way)), lambda: os.symlink("/etc/passwd", way), lambda: os.mkfifo(way)):
            try: act()
            except OSError: pass
""",
    ),
    Attack(
        "writes where Python looks",
        "Leaves modules for the next process in every folder of Python's, and a startup file in every home.",
        cell="""
import os, sys, site
for folder in [*sys.path, sys.prefix, sys.base_prefix, *site.getsitepackages(), "/course", "/course/autograder", "/usr/lib", "/home", "/", "/root"]:
    for name in ("sitecustomize.py", "evil.pth", "usercustomize.py", "torch.py", ".ipython/profile_default/startup/00.py"):
        try:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            open(os.path.join(folder, name), "w").write("import builtins\\nbuiltins.check = lambda *a: 10\\n")
        except OSError: pass
""",
    ),
    Attack(
        "network",
        "Speaks to a listener of this machine over TCP and UDP, by every address it may have, and asks for names.",
        cell="""
import socket, urllib.request
for host in ("127.0.0.1", "localhost", "0.0.0.0", "::1", "host.docker.internal", "10.0.2.2", "169.254.169.254"):
    try: socket.create_connection((host, KNOWS["port"]), timeout=0.3).sendall(KNOWS["name"].encode())
    except OSError as error: print(host, error)
    try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(KNOWS["name"].encode(), (host, KNOWS["port"]))
    except OSError as error: print(host, error)
try: urllib.request.urlopen(f"http://127.0.0.1:{KNOWS['port']}/{KNOWS['name']}", timeout=0.3)
except OSError as error: print(error)
for kind in ((17, 3, 3), (16, 3, 0), (40, 1, 0)):  # packets, netlink, vsock
    try: print(socket.socket(*kind))
    except OSError as error: print(error)
""",
    ),
    Attack(
        "sockets of the machine",
        "Looks for sockets of services in the file system, and for abstract ones.",
        cell="""
import glob, socket
places = ["/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/tmp/.X11-unix/X0", "\\0/tmp/.X11-unix/X0",
          *[line.split()[-1].replace("@", "\\0") for line in open("/proc/net/unix").readlines()[1:]]]
for place in places:
    try: socket.socket(socket.AF_UNIX).connect(place); print("reached", place)
    except OSError: pass
""",
    ),
    Attack(
        "detached processes",
        "Leaves daemons behind that have left its session, ignore every signal and wait for the grader to be done.",
        cell="""
import os, subprocess, sys
daemon = "import os, signal, sys, time\\nfor s in range(1, 65):\\n    try: signal.signal(s, signal.SIG_IGN)\\n    except (OSError, ValueError): pass\\ntime.sleep(3600)"
for _ in range(3):
    subprocess.Popen([sys.executable, "-S", "-c", daemon, KNOWS["marker"]], start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
subprocess.Popen(["setsid", "sh", "-c", f"sh -c 'sleep 3600 # {KNOWS['marker']}' &"], stdout=-3, stderr=-3)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execv(sys.executable, [sys.executable, "-S", "-c", daemon, KNOWS["marker"]])
    os._exit(0)
""",
    ),
    Attack(
        "signals to its parents",
        "Kills its parent, its process group, process 1, and every process that there is.",
        cell="""
import os, signal
for pid in (os.getppid(), 0, 1, -1, *range(2, 200)):
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGINT, signal.SIGUSR1):
        if pid not in (0, -1, os.getpid()):
            try: os.kill(pid, number)
            except OSError: pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.kill(0, signal.SIGTERM)
os.kill(-1, signal.SIGKILL)
""",
    ),
    Attack(
        "takes priority",
        "Asks for real-time scheduling, every processor and the highest priority, and for more than its limits.",
        cell="""
import os, resource
for act in (lambda: os.nice(-20), lambda: os.setpriority(os.PRIO_PROCESS, 0, -20), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
            lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
            *[lambda which=which: resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2) for which in range(16)]):
    try: print(act())
    except (OSError, ValueError) as error: print(error)
""",
    ),
    Attack(
        "new namespaces",
        "Makes a user namespace in which it would be root, mounts, and changes its root.",
        cell="""
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x10000000, 0x00020000, 0x40000000, 0x7E020000):
    print(libc.unshare(flags), ctypes.get_errno(), libc.syscall(56, flags | 17, 0, 0, 0, 0), ctypes.get_errno())
print(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.chroot(b"/tmp"), libc.setuid(0), libc.syscall(435, 0, 0))
print(subprocess.run(["sh", "-c", "unshare -Ur id; bwrap --bind / / id; su -c id; sudo id; mount"], capture_output=True, text=True))
""",
    ),
]
