package dev.berth.controller;

import dev.berth.controller.security.PkiDirectory;
import dev.berth.controller.security.SecurityFailure;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.StoreException;
import dev.berth.spec.Printable;
import dev.berth.v1.SnapshotHeader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a controller.
public final class ControllerMain {
  private static final String USAGE =
      """
      Usage: berth-controller [init | run] --data-dir=DIR [--key=value …]
             berth-controller restore FILE --data-dir=DIR [--key=value …]
             berth-controller --help | --version

      init  makes the cluster's authority and certificates in DIR, where they are missing
      run   the same, then serves until SIGTERM (the default)
      restore  puts what 'berth controller snapshot save' wrote into an empty etcd; no controller may run

      Keys and their defaults:
      """;

  private static final java.util.logging.Logger TRANSPORT_LOG =
      java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerStream");
  private static final int GOES_ON = -1;

  private ControllerMain() {}

  /// Exit codes: 0 after SIGTERM, 1 for what failed, 2 for wrong usage.
  public static void main(String[] args) {
    // The form of java.util.logging's lines is read once, before the first one.
    if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
      System.setProperty(
          "java.util.logging.SimpleFormatter.format",
          "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n");
    }
    // It writes a stack trace for each message of a stranger that is too large; the stranger is
    // told.
    TRANSPORT_LOG.setLevel(Level.OFF);
    int code = run(List.of(args), System.out, System.err);
    if (code >= 0) {
      System.exit(code);
    }
  }

  /// @return the exit code; below 0: goes on in other threads
  private static int run(List<String> args, PrintStream out, PrintStream err) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(USAGE + ControllerConfig.describeKeys());
      return 0;
    }
    if (args.contains("--version")) {
      out.println("berth-controller " + version());
      return 0;
    }
    boolean named = !args.isEmpty() && !args.getFirst().startsWith("-");
    String verb = named ? args.getFirst() : "run";
    int words = named ? "restore".equals(verb) ? 2 : 1 : 0;
    Logger log = LoggerFactory.getLogger(ControllerMain.class);
    try {
      ControllerConfig config =
          ControllerConfig.parse(args.subList(Math.min(words, args.size()), args.size()));
      return switch (verb) {
        case "init" -> init(config);
        case "run" -> serve(config, out, log);
        case "restore" -> restore(config, args.size() < 2 ? "" : args.get(1), out);
        default ->
            throw new ControllerConfig.Wrong(
                "verb: value: " + Printable.quote(verb) + " (expected: init, run or restore)");
      };
    } catch (ControllerConfig.Wrong e) {
      err.println("berth-controller: " + e.getMessage());
      err.println("Try: berth-controller --help");
      return 2;
    } catch (SecurityFailure | StoreException | IOException e) {
      err.println("berth-controller: " + e.getMessage());
      return 1;
    }
  }

  private static int init(ControllerConfig config) throws SecurityFailure {
    var _ =
        new PkiDirectory(config.dataDirectory(), LocalNames.of(config.listen()))
            .prepare(InstantSource.system().instant());
    return 0;
  }

  private static int restore(ControllerConfig config, String file, PrintStream out)
      throws ControllerConfig.Wrong, StoreException, IOException {
    if (file.isEmpty() || file.startsWith("-")) {
      throw new ControllerConfig.Wrong(
          "restore: FILE: missing (expected: what 'berth controller snapshot save' wrote)");
    }
    try (Etcd etcd = Etcd.connect(RunningController.etcdSettings(config.etcd()))) {
      SnapshotHeader restored = etcd.snapshots().restore(Path.of(file));
      out.printf(
          "RESTORED cluster=%s entries=%d revision=%d%n",
          restored.getClusterUid(), restored.getEntries(), restored.getRevision());
      return 0;
    }
  }

  private static int serve(ControllerConfig config, PrintStream out, Logger log)
      throws SecurityFailure, StoreException, IOException {
    log.info("Configuration: {}", config.describe());
    RunningController controller = RunningController.start(config, version(), out);
    AtomicInteger exitCode = new AtomicInteger();
    stopOnExit(controller, exitCode, log);
    var _ =
        controller
            .failure()
            .thenAcceptAsync(
                reason -> {
                  log.error("Ends, because it can never lead: {}", reason);
                  exitCode.set(1);
                  System.exit(1);
                });
    return GOES_ON;
  }

  private static void stopOnExit(RunningController controller, AtomicInteger exitCode, Logger log) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      controller.close();
                      log.info("Stopped");
                      // An exit by signal would end with 143: stopping as asked is no failure.
                      Runtime.getRuntime().halt(exitCode.get());
                    }));
  }

  private static String version() {
    String version = ControllerMain.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
