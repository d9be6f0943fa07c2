package dev.berth.client.stack;

import dev.berth.spec.ImageRules;
import dev.berth.spec.Names;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The fields of a process.
final class ProcessFields {
  private static final String WORDS =
      "a list such as [\"/usr/bin/node-probe\", \"--every\", \"5\"]";
  private static final String NO_IMAGE =
      "a process has none; it is a program of the node, or with isolation: rootfs one of root:"
          + " {image: …}";

  private ProcessFields() {}

  static ObjectShape<ProcessSpec.Builder> process() {
    List<Field<ProcessSpec.Builder, ?>> fields = new ArrayList<>(program());
    fields.addAll(confinement());
    fields.addAll(PlacedFileFields.placed());
    return new ObjectShape<>(
        ProcessSpec::newBuilder,
        List.copyOf(fields),
        List.of("command"),
        List.of(),
        Map.of("image", NO_IMAGE));
  }

  private static List<Field<ProcessSpec.Builder, ?>> program() {
    return List.of(
        new Field<>(
            "command",
            "command",
            "The program and its arguments, at most 1024 words; the first is an absolute path, a"
                + " name that is looked for in PATH, or with files or artifacts a relative path.",
            new ListShape<>(Scalars.word(), WORDS, 1024),
            ProcessSpec.Builder::addAllCommand),
        new Field<>(
            "env",
            "env",
            "Environment, at most 512 variables; BERTH_PORT_NAME says for each port where to"
                + " listen.",
            new MapShape<>(
                Scalars.word(), "[A-Za-z_][A-Za-z0-9_.-]*", Names::envProblem, false, 512),
            ProcessSpec.Builder::putAllEnv),
        new Field<>(
            "workingDir",
            "working_dir",
            "Working directory on the node, absolute; / unless said. With files or artifacts it"
                + " may be relative, and is the instance's own directory unless said.",
            Scalars.text("a path", _ -> null),
            ProcessSpec.Builder::setWorkingDir),
        new Field<>(
            "user",
            "user",
            "User of the node as name, uid, name:group or uid:gid; the agent's unless said.",
            Scalars.word(),
            ProcessSpec.Builder::setUser),
        new Field<>(
            "umask",
            "umask",
            "Mode bits that are taken from files that it makes, in octal; \"0022\" unless said.",
            Scalars.word(),
            ProcessSpec.Builder::setUmask));
  }

  private static List<Field<ProcessSpec.Builder, ?>> confinement() {
    return List.of(
        new Field<>(
            "limits",
            "limits",
            "The kernel's limits for one process by name, such as nofile, at most 16.",
            new MapShape<>(limit(), "[a-z]+", _ -> null, true, 16),
            ProcessFields::setLimits),
        new Field<>(
            "isolation",
            "isolation",
            "What it sees of the node: none (all of it, the default), namespaces (mounts, processes"
                + " and host name of its own) or rootfs (files of its own as well, see root).",
            Scalars.choice(
                Scalars.words(
                    List.of("none", "namespaces", "rootfs"),
                    List.of(
                        ProcessIsolation.PROCESS_ISOLATION_NONE,
                        ProcessIsolation.PROCESS_ISOLATION_NAMESPACES,
                        ProcessIsolation.PROCESS_ISOLATION_ROOTFS))),
            ProcessSpec.Builder::setIsolation),
        new Field<>(
            "root",
            "root",
            "Its root file system, with isolation rootfs; what it writes there goes with the"
                + " instance.",
            root(),
            (process, root) -> process.setRoot(root)),
        new Field<>(
            "noNewPrivileges",
            "no_new_privileges",
            "Set-user-id programs and file capabilities give it nothing.",
            Scalars.bool(),
            ProcessSpec.Builder::setNoNewPrivileges),
        new Field<>(
            "dropCapabilities",
            "drop_capabilities",
            "Capabilities that it can never have, such as net_raw, or all; at most 64.",
            new ListShape<>(Scalars.word(), "a list such as [net_raw, sys_admin]", 64),
            ProcessSpec.Builder::addAllDropCapabilities),
        new Field<>(
            "maxProcesses",
            "max_processes",
            "Most processes and threads at a time, 1 to 4194304; no limit unless said.",
            Scalars.integer(1, 4_194_304),
            ProcessSpec.Builder::setMaxProcesses));
  }

  private static ObjectShape<ProcessRoot.Builder> root() {
    return new ObjectShape<>(
        ProcessRoot::newBuilder,
        List.of(
            new Field<>(
                "directory",
                "directory",
                "A directory of the node, absolute; it is not changed.",
                Scalars.text("a path", _ -> null),
                ProcessRoot.Builder::setDirectory),
            new Field<>(
                "image",
                "image",
                "An image of a registry, with the registry's host; only its files are used.",
                Scalars.name("an image", "\\S+", ImageRules::referenceProblem),
                ProcessRoot.Builder::setImage)),
        List.of(),
        List.of("directory", "image"),
        Map.of());
  }

  private static ObjectShape<ProcessLimit.Builder> limit() {
    return new ObjectShape<>(
        ProcessLimit::newBuilder,
        List.of(
            new Field<>(
                "soft",
                "soft",
                "What is enforced; nothing unless said.",
                Scalars.integer(0, 999_999_999),
                (limit, value) -> limit.setSoft(value)),
            new Field<>(
                "hard",
                "hard",
                "What the program may raise it to, at least as much; anything unless said.",
                Scalars.integer(0, 999_999_999),
                (limit, value) -> limit.setHard(value))),
        List.of(),
        List.of(),
        Map.of());
  }

  private static void setLimits(
      ProcessSpec.Builder process, Map<String, ProcessLimit.Builder> limits) {
    limits.forEach((name, limit) -> process.addLimits(limit.setName(name)));
  }
}
