"""Checks the Dockerfiles and compose.yaml without docker: structure, stages, files that are copied, packages, users, references.

    python3 deploy/check.py        prints every fault, exits with 1 where there is one
"""

import pathlib
import re
import shlex
import sys

try:
    import yaml
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
INSTRUCTIONS = {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
SERVICE_KEYS = {"image", "build", "command", "entrypoint", "environment", "volumes", "ports", "depends_on", "healthcheck", "restart",
                "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"}
faults = []


def fault(file, message):
    faults.append(f"{file}: {message}")


def instructions(path):
    """(name, rest) of each instruction, continued lines joined."""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if not line.lstrip().startswith("#"))
    for line in text.replace("\\\n", " ").split("\n"):
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name, rest.strip()


def check_dockerfile(path):
    name, stages, last = path.name, [], {}
    for instruction, rest in instructions(path):
        if instruction not in INSTRUCTIONS:
            fault(name, f"{instruction} is not an instruction that is used here")
        if instruction == "FROM":
            parts = rest.split()
            if len(parts) != 3 or parts[1] != "AS":
                fault(name, f"FROM {rest}: every stage has a name")
            stages.append(parts[-1])
            last = {}
        last.setdefault(instruction, []).append(rest)
        if instruction == "COPY":
            check_copy(name, rest, stages)
        if instruction == "RUN":
            check_run(name, rest)
    users = last.get("USER", ["root"])
    if users[-1].split(":")[0] in ("root", "0"):
        fault(name, "the last stage runs as root")
    for needed in ("HEALTHCHECK", "ENTRYPOINT", "STOPSIGNAL"):
        if needed not in last:
            fault(name, f"the last stage has no {needed}")
    return last


def check_copy(name, rest, stages):
    words = shlex.split(rest)
    source_stage = next((word[len("--from="):] for word in words if word.startswith("--from=")), None)
    sources = [word for word in words if not word.startswith("--")][:-1]
    if source_stage is not None and source_stage not in stages[:-1]:
        fault(name, f"COPY --from={source_stage}: no such stage before it")
    if source_stage is None:
        for source in sources:
            if not (ROOT / source).exists():
                fault(name, f"COPY {source}: not in the repository")


def check_run(name, rest):
    if "apt-get install" in rest:
        for needed in ("apt-get update", "--no-install-recommends", "-y", "rm -rf /var/lib/apt/lists/*"):
            if needed not in rest:
                fault(name, f"a RUN with apt-get install lacks {needed}")


def check_packages(last):
    """What the setup script installs for running is in the image, compilers and headers aside."""
    setup = (ROOT / "build/setup.sh").read_text(encoding="utf-8")
    listed = re.search(r'^run_packages="\n(.*?)"', setup, re.MULTILINE | re.DOTALL)
    wanted = {line.split()[0] for line in listed.group(1).splitlines() if line.strip()} - {"g++", "cmake", "libtorch-dev"}
    installed = set(" ".join(last.get("RUN", [])).split())
    for package in sorted(wanted - installed):
        fault("Dockerfile", f"build/setup.sh installs {package} for running, the last stage does not")


def check_compose(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    services, volumes = content["services"], content.get("volumes", {})
    for name, service in services.items():
        for key in sorted(set(service) - SERVICE_KEYS):
            fault(path.name, f"service {name}: {key} is not a key that is used here")
        for dependency in service.get("depends_on", {}):
            if dependency not in services:
                fault(path.name, f"service {name} depends on {dependency}, which there is not")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                if not (path.parent / source).exists():
                    fault(path.name, f"service {name} mounts {source}, which there is not")
            elif source not in volumes:
                fault(path.name, f"service {name} mounts the volume {source}, which is not declared")
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                fault(path.name, f"service {name} publishes {port} beyond this machine")
        for key, value in service.get("environment", {}).items():
            if not isinstance(value, str):
                fault(path.name, f"service {name}: {key} is not a string; quote it")
        build = service.get("build")
        if build and not (path.parent / build["context"] / build["dockerfile"]).exists():
            fault(path.name, f"service {name} is built from {build['dockerfile']}, which there is not")


def main():
    check_packages(check_dockerfile(ROOT / "deploy/Dockerfile"))
    check_dockerfile(ROOT / "deploy/Dockerfile.cuda")
    if yaml is None:
        print("   not checked: compose.yaml (python3-yaml is missing)")
    else:
        check_compose(ROOT / "deploy/compose.yaml")
    for line in faults:
        print(f"   {line}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
