package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Commands in a container, through Berth and through the Docker daemon itself, in turn: how long a
/// short one takes, how soon a key is answered, and how fast much output arrives.
final class ExecBench {
  private static final int WARM_UP = 2;
  private static final int MUCH_MIB = 100;
  private static final int KEYS = 300;
  private static final int KEYS_AHEAD = 50;

  private final Options options;
  private final Report report;

  /// @param options the count is that of short commands, the rounds those of the rest
  ExecBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  /// One way to run commands in the container.
  ///
  /// @param name for people
  /// @param before the words of a command
  private record Way(String name, Command before, Samples shortOnes, Samples keys, Samples much) {
    Way(String name, Command before) {
      this(name, before, new Samples(), new Samples(), new Samples());
    }

    Command command(String... words) {
      return new Command(
          Stream.concat(before.words().stream(), List.of(words).stream()).toList(),
          before.environment(),
          before.input(),
          before.limit());
    }
  }

  void run() {
    try (Cluster cluster = ClusterPlan.of(1).start();
        BareDocker docker = new BareDocker(cluster.host().docker().dockerHost());
        BerthCluster cli = new BerthCluster(cluster.api())) {
      var _ = cli.run("bench", "berth/demo", 1);
      String container = cluster.containers("bench").getFirst().id();
      Map<String, String> user = CliUser.of(cluster);
      String script = Repository.root().resolve("berth").toString();
      Way berth = new Way("berth exec", Command.of(script, "exec").with(user));
      Way own = new Way("docker exec", cluster.host().docker().docker("exec"));
      String much = "dd if=/dev/urandom of=/tmp/much bs=1M count=" + MUCH_MIB + " 2>/dev/null";
      var _ = own.command(container, "sh", "-c", much).output();
      for (int i = -WARM_UP; i < options.count(); i++) {
        time(i, berth.shortOnes(), berth.command("bench", "true"));
        time(i, own.shortOnes(), own.command(container, "true"));
      }
      for (int i = -WARM_UP; i < options.rounds(); i++) {
        stream(i, berth.much(), berth.command("bench", "cat", "/tmp/much"));
        stream(i, own.much(), own.command(container, "cat", "/tmp/much"));
      }
      for (int i = 0; i < options.rounds(); i++) {
        type(berth.keys(), berth.command("-it", "bench", "cat"));
        type(own.keys(), own.command("-it", container, "cat"));
      }
      cli.delete("bench", docker);
      print(berth, own);
    }
  }

  private static void time(int i, Samples samples, Command command) {
    long begin = System.nanoTime();
    var _ = command.output();
    if (i >= 0) {
      samples.addNanos(System.nanoTime() - begin);
    }
  }

  private static Process start(List<String> words, Command command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(command.environment());
    return builder.start();
  }

  private static void stream(int i, Samples samples, Command command) {
    long begin = System.nanoTime();
    long bytes = 0;
    try {
      Process process = start(command.words(), command);
      byte[] piece = new byte[1 << 20];
      try (InputStream out = process.getInputStream()) {
        for (int read = out.read(piece); read >= 0; read = out.read(piece)) {
          bytes += read;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes != (long) MUCH_MIB << 20) {
      throw new IllegalStateException("of " + MUCH_MIB + " MiB came " + bytes + " bytes");
    }
    if (i >= 0) {
      samples.addNanos(System.nanoTime() - begin);
    }
  }

  /// Keys on a real terminal, which `script` makes; the terminal in the container answers each.
  private static void type(Samples samples, Command command) {
    String line =
        command.words().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    try {
      Process process = start(List.of("script", "-qec", line, "/dev/null"), command);
      try {
        var keys = process.getOutputStream();
        InputStream screen = process.getInputStream();
        // What is typed before the terminal is raw is answered by whoever sees it first.
        Eventually.until("it answers", () -> answers(keys, screen), answered -> answered);
        for (int i = -KEYS_AHEAD; i < KEYS; i++) {
          long begin = System.nanoTime();
          keys.write('x');
          keys.flush();
          int _ = screen.read();
          if (i >= 0) {
            samples.addNanos(System.nanoTime() - begin);
          }
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether a line comes back twice: from the terminal in the container, and from cat.
  private static boolean answers(OutputStream keys, InputStream screen) {
    try {
      keys.write("y\r".getBytes(StandardCharsets.US_ASCII));
      keys.flush();
      Thread.sleep(500);
      byte[] shown = screen.readNBytes(screen.available());
      String text = new String(shown, StandardCharsets.US_ASCII);
      return text.endsWith("y\r\ny\r\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void print(Way berth, Way docker) {
    report.line("Commands in a container:");
    report.line(Samples.heading());
    for (Way way : List.of(berth, docker)) {
      report.line(way.shortOnes().row(way.name() + " true"));
      report.line(way.keys().row(way.name() + ", a key"));
      report.line(way.much().row(way.name() + ", 100 MiB"));
    }
    for (Way way : List.of(berth, docker)) {
      report.line(
          String.format(
              Locale.ROOT, "%s: %.0f MiB/s", way.name(), MUCH_MIB / (way.much().median() / 1_000)));
    }
    figures("berth", berth);
    figures("docker", docker);
    report.figure("much_ratio", docker.much().median() / berth.much().median());
    report.figure("key_p50_more_ms", berth.keys().median() - docker.keys().median());
    report.figure(
        "key_p99_more_ms", berth.keys().percentile(0.99) - docker.keys().percentile(0.99));
    report.end();
  }

  private void figures(String name, Way way) {
    report.figure(name + "_exec_ms", way.shortOnes().median());
    report.figure(name + "_key_p50_ms", way.keys().median());
    report.figure(name + "_key_p99_ms", way.keys().percentile(0.99));
    report.figure(name + "_100mib_ms", way.much().median());
  }
}
