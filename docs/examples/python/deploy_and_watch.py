#!/usr/bin/env python3
"""Applies a workload to a Berth cluster and watches it until all its slots are RUNNING.

What it needs says README.md next to it. Connects as the command line does: BERTH_ADDR, BERTH_CACERT, BERTH_CLIENT_CERT and BERTH_CLIENT_KEY say where and as whom.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import grpc

PROTO = pathlib.Path(__file__).resolve().parents[3] / "proto" / "src" / "main" / "proto"


def make_stubs(directory):
    """Generates Python from the contract; a program of your own does this once, when it is built."""
    plugin = shutil.which("grpc_python_plugin")
    if plugin and shutil.which("protoc"):
        compiler = ["protoc", f"--plugin=protoc-gen-grpc_python={plugin}"]
    else:
        compiler = [sys.executable, "-m", "grpc_tools.protoc"]
    files = sorted(str(p.relative_to(PROTO)) for p in PROTO.rglob("*.proto"))
    subprocess.run(
        [*compiler, f"-I{PROTO}", f"--python_out={directory}", f"--grpc_python_out={directory}", *files],
        check=True)
    sys.path.insert(0, directory)


def open_channel():
    """Mutual TLS: we check the controller's certificate against the CA, and it checks ours."""
    def read(name):
        return pathlib.Path(os.environ[name]).read_bytes()

    credentials = grpc.ssl_channel_credentials(
        root_certificates=read("BERTH_CACERT"),
        private_key=read("BERTH_CLIENT_KEY"),
        certificate_chain=read("BERTH_CLIENT_CERT"))
    return grpc.secure_channel(os.environ.get("BERTH_ADDR", "127.0.0.1:7443"), credentials)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="hello")
    parser.add_argument("--image", default="berth/demo")
    parser.add_argument("--replicas", type=int, default=2)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as stubs:
        make_stubs(stubs)
        from berth.v1 import instance_pb2, instance_service_pb2, instance_service_pb2_grpc
        from berth.v1 import workload_pb2, workload_service_pb2, workload_service_pb2_grpc

        with open_channel() as channel:
            workloads = workload_service_pb2_grpc.WorkloadServiceStub(channel)
            instances = instance_service_pb2_grpc.InstanceServiceStub(channel)

            # Creates the workload, or changes it when there is one of this name.
            workload = workloads.UpdateWorkload(
                workload_service_pb2.UpdateWorkloadRequest(
                    workload=workload_pb2.Workload(
                        name=arguments.name,
                        spec=workload_pb2.WorkloadSpec(
                            type=workload_pb2.WORKLOAD_TYPE_SERVICE,
                            replicas=arguments.replicas,
                            container=workload_pb2.ContainerSpec(image=arguments.image))),
                    allow_missing=True),
                timeout=30)
            print(f"{workload.name}: revision {workload.revision}, {workload.spec.replicas} slots", flush=True)

            # The present state first, then every change.
            seen, running = {}, set()
            watch = instances.WatchInstances(
                instance_service_pb2.WatchInstancesRequest(workload=arguments.name), timeout=120)
            for message in watch:
                for instance in message.changed:
                    state = instance_pb2.InstanceState.Name(instance.status.state).removeprefix("INSTANCE_STATE_")
                    if seen.get(instance.id) != state:
                        seen[instance.id] = state
                        print(f"{instance.name} {instance.id[:8]} {state} {instance.node}", flush=True)
                    if instance.status.state == instance_pb2.INSTANCE_STATE_RUNNING:
                        running.add(instance.id)
                    else:
                        running.discard(instance.id)
                running.difference_update(message.removed)
                if len(running) >= arguments.replicas:
                    print(f"{arguments.name}: all running", flush=True)
                    return 0
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except grpc.RpcError as e:
        print(f"{e.code().name}: {e.details()}", file=sys.stderr)
        sys.exit(1)
