package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.OpenConsole;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth console`.
@Command(
    description = "Attaches this terminal to the serial console of a virtual machine.",
    footer = {
      "Ctrl-] leaves; the machine goes on. Every other key, Ctrl-C too, goes to the machine. One at"
          + " a time is attached.",
      "When stdin is no terminal it is sent as it is, and output goes on after its end:",
      "  printf 'root\\n' | berth console guest"
    })
public final class ConsoleCommand extends ClusterVerb {
  private static final int PIECE_BYTES = 32 << 10;
  private static final Duration SILENCE = Duration.ofSeconds(2);

  @Option(names = "--force", description = "Takes the console over from whoever is attached.")
  private boolean force;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String name = "";

  private final AtomicBoolean escaped = new AtomicBoolean();

  /// @param terminal where it reads and writes
  public ConsoleCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    OpenConsole wanted =
        OpenConsole.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(OneInstance.find(cluster, name))
            .setForce(force)
            .build();
    try (ConsoleStream stream = ConsoleStream.open(cluster.exec(), wanted)) {
      String slot = stream.awaitOpened();
      boolean typed = terminal().inIsTerminal();
      terminal().say("attached to " + slot + (typed ? "; leave with " + EscapeKey.NAME : ""));
      try {
        attach(stream, typed);
      } catch (StatusRuntimeException e) {
        throw new FailureException(ExitCode.FAILURE, brokenOff(slot, e, cluster), e);
      }
      String how = escaped.get() ? "left " + slot + "; it goes on" : slot + " has ended";
      // What the machine wrote last may have ended in the middle of a line.
      terminal().say(typed ? "\n" + how : how);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
    return ExitCode.OK;
  }

  private void attach(ConsoleStream stream, boolean typed) throws InterruptedException {
    if (!typed) {
      startInput(stream, false);
      copyOutput(stream);
      return;
    }
    RawTerminal raw = RawTerminal.enter(Stty.ofProcess());
    try {
      startInput(stream, true);
      if (!stream.awaitOutput(SILENCE)) {
        // Nothing ends a line by itself on a raw terminal.
        terminal().say("(it says nothing: press Enter)\r");
      }
      copyOutput(stream);
    } finally {
      raw.close();
    }
  }

  private void copyOutput(ConsoleStream stream) throws InterruptedException {
    Optional<ByteString> next = stream.output();
    while (next.isPresent()) {
      byte[] bytes = next.get().toByteArray();
      terminal().out().write(bytes, 0, bytes.length);
      terminal().flush();
      next = stream.output();
    }
  }

  /// On a thread of its own: a read of stdin cannot be ended, and is left behind.
  private void startInput(ConsoleStream stream, boolean escapable) {
    Thread.ofPlatform()
        .daemon()
        .name("console-input")
        .start(
            () -> {
              try {
                copyInput(stream, escapable);
              } catch (IOException _) {
                stream.endInput();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void copyInput(ConsoleStream stream, boolean escapable)
      throws IOException, InterruptedException {
    byte[] bytes = new byte[PIECE_BYTES];
    int count = terminal().in().read(bytes);
    while (count >= 0) {
      int escape = escapable ? EscapeKey.find(bytes, count) : -1;
      int sent = escape < 0 ? count : escape;
      if (sent > 0 && !stream.input(ByteString.copyFrom(bytes, 0, sent))) {
        return;
      }
      if (escape >= 0) {
        escaped.set(true);
        stream.close();
        return;
      }
      count = terminal().in().read(bytes);
    }
    stream.endInput();
  }

  private static String brokenOff(String slot, StatusRuntimeException e, Cluster cluster) {
    return "the console of " + slot + " broke off: " + Refusals.describeBreak(e, cluster);
  }
}
