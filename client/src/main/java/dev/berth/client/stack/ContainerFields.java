package dev.berth.client.stack;

import dev.berth.spec.Names;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PullPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The fields of a container.
final class ContainerFields {
  private static final String WORDS = "a list such as [\"serve\", \"--port\", \"8080\"]";

  private ContainerFields() {}

  static ObjectShape<ContainerSpec.Builder> container() {
    List<Field<ContainerSpec.Builder, ?>> fields = new ArrayList<>(program());
    fields.addAll(surroundings());
    return new ObjectShape<>(
        ContainerSpec::newBuilder,
        List.copyOf(fields),
        List.of("image"),
        List.of(),
        Map.of(
            "privileged",
            "there is no such thing in Berth",
            "build",
            "not accepted by this version of Berth; build the image before"));
  }

  private static List<Field<ContainerSpec.Builder, ?>> program() {
    return List.of(
        new Field<>(
            "image",
            "image",
            "Image reference as docker takes it, 1 to 512 characters.",
            Scalars.text("an image reference", Names::imageProblem),
            ContainerSpec.Builder::setImage),
        new Field<>(
            "command",
            "command",
            "Arguments that replace the image's CMD, at most 256.",
            new ListShape<>(Scalars.word(), WORDS, 256),
            ContainerSpec.Builder::addAllCommand),
        new Field<>(
            "entrypoint",
            "entrypoint",
            "Words that replace the image's ENTRYPOINT, at most 64.",
            new ListShape<>(Scalars.word(), WORDS, 64),
            ContainerSpec.Builder::addAllEntrypoint),
        new Field<>(
            "env",
            "env",
            "Environment, at most 512 variables.",
            new MapShape<>(
                Scalars.word(), "[A-Za-z_][A-Za-z0-9_.-]*", Names::envProblem, false, 512),
            ContainerSpec.Builder::putAllEnv));
  }

  private static List<Field<ContainerSpec.Builder, ?>> surroundings() {
    return List.of(
        new Field<>(
            "workingDir",
            "working_dir",
            "Working directory, absolute; the image's unless said.",
            Scalars.text("an absolute path", _ -> null),
            ContainerSpec.Builder::setWorkingDir),
        new Field<>(
            "user",
            "user",
            "User as name, uid or uid:gid; the image's unless said.",
            Scalars.word(),
            ContainerSpec.Builder::setUser),
        new Field<>(
            "pull",
            "pull",
            "When the image is pulled: if-missing (the default), always or never.",
            Scalars.choice(
                Scalars.words(
                    List.of("if-missing", "always", "never"),
                    List.of(
                        PullPolicy.PULL_POLICY_IF_MISSING,
                        PullPolicy.PULL_POLICY_ALWAYS,
                        PullPolicy.PULL_POLICY_NEVER))),
            ContainerSpec.Builder::setPull),
        new Field<>(
            "hostname",
            "hostname",
            "Host name inside; the slot's name with a dash unless said.",
            Scalars.name("a name", StackFields.NAME_PATTERN, Names::hostnameProblem),
            ContainerSpec.Builder::setHostname),
        new Field<>(
            "readOnly",
            "read_only",
            "Makes the root file system read-only.",
            Scalars.bool(),
            ContainerSpec.Builder::setReadOnly),
        new Field<>(
            "network",
            "network",
            "A network of the node that it joins, made with berth network create; the runtime's"
                + " own unless said.",
            Scalars.name("a name", StackFields.RUNTIME_PATTERN, Names::volumeProblem),
            ContainerSpec.Builder::setNetwork));
  }
}
