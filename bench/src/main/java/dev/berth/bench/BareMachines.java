package dev.berth.bench;

import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.LibvirtHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Machines without anything above libvirt: `virsh create` of the XML of one of Berth's, with a
/// disk and a console of their own.
final class BareMachines {
  private static final Pattern METADATA =
      Pattern.compile("<metadata>.*?</metadata>", Pattern.DOTALL);
  private static final Pattern FILE = Pattern.compile("<source file='([^']*)'");
  private static final Pattern BASE =
      Pattern.compile("<backingStore .*?<source file='([^']*)'", Pattern.DOTALL);
  private static final long LOOK_NANOS = 5_000_000;
  private static final long LIMIT_NANOS = 600_000_000_000L;
  private static final String KERNEL = "Linux version ";
  private static final String READY = " login: ";

  private final LibvirtHost libvirt;
  private final Path directory;
  private final String model;
  private final String modelName;
  private final String modelDirectory;
  private final String base;

  /// A machine that was not started yet.
  ///
  /// @param name at libvirt
  /// @param directory of its files
  record Machine(String name, Path directory) {
    private Path xml() {
      return directory.resolve("machine.xml");
    }

    private Path console() {
      return directory.resolve("console.log");
    }
  }

  private BareMachines(LibvirtHost libvirt, Path directory, String modelName, String model) {
    this.libvirt = libvirt;
    this.directory = directory;
    this.modelName = modelName;
    this.model = model;
    this.modelDirectory = Path.of(find(FILE, model)).resolveSibling("").toString();
    this.base = find(BASE, model);
  }

  /// Takes a machine of Berth's as the model.
  ///
  /// @param directory for files of the machines
  static BareMachines like(String domain, LibvirtHost libvirt, Path directory) {
    String xml = libvirt.virsh("dumpxml", "--inactive", domain).output();
    return new BareMachines(libvirt, directory, domain, METADATA.matcher(xml).replaceFirst(""));
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  /// Makes a machine's disk and XML; not measured.
  Machine prepare(String name) {
    try {
      Machine machine = new Machine(name, Files.createDirectories(directory.resolve(name)));
      Files.writeString(
          machine.xml(),
          model
              .replace(modelDirectory, machine.directory().toString())
              .replace(modelName, name)
              .replaceFirst("<uuid>.*?</uuid>", "<uuid>" + UUID.randomUUID() + "</uuid>"));
      Command.of(
              "qemu-img",
              "create",
              "-q",
              "-f",
              "qcow2",
              "-F",
              "qcow2",
              "-b",
              base,
              machine.directory().resolve("disk.qcow2").toString())
          .output();
      return machine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts a machine and follows its console until the login.
  MachineStart start(Machine machine) {
    long begin = System.nanoTime();
    libvirt.virsh("create", machine.xml().toString()).output();
    long started = System.nanoTime() - begin;
    long kernel = await(machine, KERNEL, begin);
    return new MachineStart(started, kernel, await(machine, READY, begin));
  }

  private static long await(Machine machine, String text, long begin) {
    while (System.nanoTime() - begin < LIMIT_NANOS) {
      long now = System.nanoTime();
      if (read(machine.console()).contains(text)) {
        return now - begin;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IllegalStateException(machine.name() + " never said " + text);
  }

  private static String read(Path console) {
    try {
      return Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes its power away and removes its files.
  void remove(Machine machine) {
    try {
      libvirt.virsh("destroy", machine.name()).output();
      Files.deleteIfExists(machine.directory().resolve("disk.qcow2"));
      Files.deleteIfExists(machine.console());
      Files.deleteIfExists(machine.xml());
      Files.deleteIfExists(machine.directory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
