package dev.berth.cli.console;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.SlotName;
import dev.berth.v1.AttachOpened;
import dev.berth.v1.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth attach`.
@Command(
    description = "Attaches this terminal to the program of an instance.",
    footer = {
      "Input reaches a container that was started with -i, and the console of a virtual machine;"
          + " of",
      "a process there is output alone. Ctrl-P Ctrl-Q leaves a terminal, and what runs goes on."
          + " Where",
      "there is none, Ctrl-C is the program's, and the third one leaves; with --sig-proxy=false it",
      "leaves at once. When the program ends, this ends with its exit code."
    })
public final class AttachCommand extends ClusterVerb {
  /// Longer than it takes to hear of an end.
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  @Option(names = "--no-stdin", description = "Gives it no input.")
  private boolean noInput;

  @Option(names = "--force", description = "Takes a machine's console over from whoever has it.")
  private boolean force;

  @Option(
      names = "--detach-keys",
      paramLabel = "KEYS",
      description = "Keys that leave it running; ctrl-p,ctrl-q unless given.")
  private String detachKeys = DetachKeys.DEFAULT;

  @Option(
      names = "--sig-proxy",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      paramLabel = "true|false",
      description =
          "Whether a program without a terminal gets the signals that come here, Ctrl-C too; true"
              + " unless given.")
  private boolean signals = true;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String name = "";

  /// @param terminal where it reads and writes
  public AttachCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
    ProgramAttachment.checkKeys(detachKeys);
  }

  @Override
  protected int failureCode() {
    return Ending.NO_CODE;
  }

  @Override
  protected int run(Cluster cluster) {
    try {
      ProgramAttachment.Outcome outcome =
          new ProgramAttachment(cluster, terminal(), detachKeys)
              .attach(
                  OneInstance.find(cluster, name),
                  new ProgramAttachment.Manner(!noInput, force, signals));
      String slot = outcome.opened().getName();
      if (outcome.left()) {
        terminal().say("\nleft " + slot + "; it goes on");
        return ExitCode.OK;
      }
      return exitCode(cluster, outcome.opened());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(Ending.NO_CODE, "interrupted", e);
    }
  }

  /// The code of the run that has just ended. One that is started again at once has none to tell.
  private int exitCode(Cluster cluster, AttachOpened opened) {
    SlotName slot = Objects.requireNonNull(SlotName.parse(opened.getName()));
    AtomicReference<@Nullable Instance> last = new AtomicReference<>();
    boolean _ =
        new InstanceWatch(cluster, new Target(slot.workload(), List.of(slot.slot())))
            .until(
                END_LIMIT,
                state -> {
                  Instance now = state.get(opened.getInstanceId());
                  last.set(now);
                  return now == null || Listings.isFinal(now);
                });
    Instance ended = last.get();
    if (ended != null && Listings.isFinal(ended) && ended.getStatus().hasExitCode()) {
      return ended.getStatus().getExitCode();
    }
    terminal().say(opened.getName() + ": its run has ended; 'berth ps -a' shows what comes next");
    return ExitCode.OK;
  }
}
