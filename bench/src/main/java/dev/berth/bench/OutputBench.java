package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What becomes of the output of a plain process that writes as fast as it can: how much of it is
/// taken in a second, and how much of it lies on the node's disk at any time.
final class OutputBench {
  private static final String MARK = "if=/dev/zero";
  private static final ProcessSpec WRITER =
      ProcessSpec.newBuilder().addAllCommand(List.of("dd", MARK, "bs=64k")).build();
  private static final long LOOK_NANOS = 500_000;
  private static final List<String> OUTPUTS = List.of("output", "output.0");

  /// One round.
  ///
  /// @param rate bytes taken in a second
  /// @param largest bytes on the disk at the worst moment that was seen
  /// @param looks how often it was looked
  /// @param writer processor time of the program, per second
  /// @param carrier the same of what carries it
  private record Taken(double rate, long largest, long looks, double writer, double carrier) {}

  private final Options options;
  private final Report report;

  /// @param options the count is the seconds of a round
  OutputBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    List<Taken> all = new ArrayList<>();
    try (Cluster cluster = ClusterPlan.of(1).start()) {
      Path processes = cluster.host().agent().directory().resolve("processes");
      try (BerthCluster berth = new BerthCluster(cluster.api())) {
        for (int round = 1; round <= options.rounds(); round++) {
          all.add(measure(berth, "writer" + round, processes));
          Progress.say("round " + round + " of " + options.rounds());
        }
      } finally {
        cluster.host().agent().daemon().terminate(Duration.ofSeconds(15));
        var _ = cluster.host().agent().stopInstances();
      }
    }
    print(all);
  }

  private Taken measure(BerthCluster berth, String name, Path processes) {
    Quiet.await();
    var _ = berth.run(name, WRITER, 1);
    long pid =
        Eventually.until("it writes", OutputBench::writer, Optional::isPresent).orElseThrow();
    long carrier = ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
    Path instance =
        Eventually.until("it has files", () -> outputs(processes), o -> o.isPresent())
            .orElseThrow();
    long before = written(pid);
    double writerCpu = ProcessCpu.seconds(pid);
    double carrierCpu = carrierCpu(carrier);
    long begin = System.nanoTime();
    long end = begin + options.count() * 1_000_000_000L;
    long largest = 0;
    long looks = 0;
    while (System.nanoTime() < end) {
      largest = Math.max(largest, kept(instance));
      looks++;
      LockSupport.parkNanos(LOOK_NANOS);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    Taken taken =
        new Taken(
            (written(pid) - before) / seconds,
            largest,
            looks,
            (ProcessCpu.seconds(pid) - writerCpu) / seconds,
            (carrierCpu(carrier) - carrierCpu) / seconds);
    berth.delete(name);
    return taken;
  }

  private static Optional<Long> writer() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").contains(MARK))
        .filter(each -> each.info().command().orElse("").endsWith("dd"))
        .map(ProcessHandle::pid)
        .findFirst();
  }

  private static Optional<Path> outputs(Path processes) {
    try (Stream<Path> all = Files.list(processes)) {
      return all.filter(each -> Files.exists(each.resolve("output"))).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of both parts together; while they are rotated one may be counted twice.
  private static long kept(Path instance) {
    long bytes = 0;
    for (String part : OUTPUTS) {
      try {
        bytes += Files.size(instance.resolve(part));
      } catch (NoSuchFileException _) {
        // It is being rotated, or there is no older part yet.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes;
  }

  /// Bytes that a process wrote so far.
  private static long written(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "io"))) {
      return lines
          .filter(line -> line.startsWith("wchar: "))
          .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of the shells between a program and the agent, and of all that they have started and seen end.
  private static double carrierCpu(long shell) {
    ProcessHandle whole = ProcessHandle.of(shell).flatMap(ProcessHandle::parent).orElseThrow();
    return Stream.concat(Stream.of(whole), whole.children())
        .mapToDouble(each -> ProcessCpu.secondsWithEnded(each.pid()))
        .sum();
  }

  private void print(List<Taken> all) {
    List<Double> rates = all.stream().map(Taken::rate).sorted().toList();
    double median = rates.get(rates.size() / 2);
    long largest = Collections.max(all.stream().map(Taken::largest).toList());
    report.line(
        String.format(
            Locale.ROOT,
            "A process that writes as fast as it can, %d rounds of %d s:",
            all.size(),
            options.count()));
    report.line(
        String.format(
            Locale.ROOT,
            "%-8s %10s %14s %8s %10s %10s",
            "GB/min",
            "MiB/s",
            "most on disk",
            "looks",
            "CPU, it",
            "CPU, kept"));
    for (Taken each : all) {
      report.line(
          String.format(
              Locale.ROOT,
              "%-8.1f %10.0f %10.1f MiB %8d %10.2f %10.2f",
              each.rate() * 60 / 1e9,
              each.rate() / (1 << 20),
              each.largest() / (double) (1 << 20),
              each.looks(),
              each.writer(),
              each.carrier()));
    }
    report.figure("output_p50_gb_a_minute", median * 60 / 1e9);
    report.figure("output_min_gb_a_minute", rates.getFirst() * 60 / 1e9);
    report.figure("output_largest_bytes", largest);
    report.end();
  }
}
