package dev.berth.cli.run;

import dev.berth.cli.term.EnvArguments;
import dev.berth.cli.term.FailureException;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Makes a process of the options of `berth run`.
///
/// @param options what was given
record ProcessArguments(RunOptions options) {
  private static final String UNLIMITED = "unlimited";

  /// @param own the caller's environment
  /// @throws FailureException with exit code 2
  ProcessSpec process(String program, List<String> arguments, Map<String, String> own) {
    refuseForeign();
    ProcessSpec.Builder process =
        ProcessSpec.newBuilder()
            .addCommand(program)
            .addAllCommand(arguments)
            .putAllEnv(EnvArguments.parse(options.env, options.envFiles, own))
            .setWorkingDir(options.workingDir)
            .setUser(options.user)
            .setUmask(options.process.umask)
            .setIsolation(isolation())
            .setNoNewPrivileges(options.process.noNewPrivileges);
    root().ifPresent(process::setRoot);
    RunSpec.pairs("--ulimit", options.process.limits)
        .forEach((name, text) -> process.addLimits(limit(name, text)));
    for (String capability : options.process.dropped) {
      String name = capability.toLowerCase(Locale.ROOT);
      process.addDropCapabilities(name.startsWith("cap_") ? name.substring(4) : name);
    }
    if (!options.process.maxProcesses.isEmpty()) {
      process.setMaxProcesses(RunSpec.number("--pids-limit", options.process.maxProcesses));
    }
    options.process.files.forEach(text -> process.addFiles(FileArgument.parse(text)));
    options.process.artifacts.forEach(text -> process.addArtifacts(ArtifactArgument.parse(text)));
    return process.build();
  }

  /// What only a container can have is not left out silently.
  private void refuseForeign() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--entrypoint", !options.entrypoint.isEmpty());
    given.put("--hostname", !options.hostname.isEmpty());
    given.put("--read-only", options.readOnly);
    given.put("--pull", !options.pull.equals("missing"));
    given.forEach(
        (name, is) -> {
          if (is) {
            throw FailureException.usage(name + ": not for a process, which has no image");
          }
        });
  }

  private ProcessIsolation isolation() {
    return switch (options.process.isolation) {
      case "" ->
          root().isPresent()
              ? ProcessIsolation.PROCESS_ISOLATION_ROOTFS
              : ProcessIsolation.PROCESS_ISOLATION_UNSPECIFIED;
      case "none" -> ProcessIsolation.PROCESS_ISOLATION_NONE;
      case "namespaces" -> ProcessIsolation.PROCESS_ISOLATION_NAMESPACES;
      case "rootfs" -> ProcessIsolation.PROCESS_ISOLATION_ROOTFS;
      default ->
          throw RunSpec.wrong(
              "--isolation", options.process.isolation, "none, namespaces or rootfs");
    };
  }

  private Optional<ProcessRoot> root() {
    String directory = options.process.rootDirectory;
    String image = options.process.rootImage;
    if (!directory.isEmpty() && !image.isEmpty()) {
      throw FailureException.usage("--rootfs and --rootfs-image: only one of them can be given");
    }
    if (directory.isEmpty() && image.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        directory.isEmpty()
            ? ProcessRoot.newBuilder().setImage(image).build()
            : ProcessRoot.newBuilder().setDirectory(directory).build());
  }

  private static ProcessLimit limit(String name, String text) {
    int colon = text.indexOf(':');
    String soft = colon < 0 ? text : text.substring(0, colon);
    String hard = colon < 0 ? text : text.substring(colon + 1);
    ProcessLimit.Builder limit = ProcessLimit.newBuilder().setName(name);
    if (!soft.equals(UNLIMITED)) {
      limit.setSoft(amount(text, soft));
    }
    if (!hard.equals(UNLIMITED)) {
      limit.setHard(amount(text, hard));
    }
    return limit.build();
  }

  private static long amount(String text, String number) {
    if (!number.matches("[0-9]{1,18}")) {
      throw RunSpec.wrong("--ulimit", text, "a whole number or unlimited, or two with a colon");
    }
    return Long.parseLong(number);
  }
}
