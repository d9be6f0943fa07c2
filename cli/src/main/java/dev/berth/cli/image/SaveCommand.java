package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth save`.
@Command(
    description = "Writes images of containers with their names into an archive, as docker does.",
    footer = {
      "A node that has all of them is chosen, unless one is given; when nodes have different images"
          + " of a name, one must be.",
      "  berth save -o shop.tar shop:2.1",
      "  berth save shop:2.1 | gzip >shop.tar.gz"
    })
public final class SaveCommand extends ClusterVerb {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it; the output unless given.")
  private String output = "";

  @Option(names = "--node", paramLabel = "NODE", description = "The node that has the images.")
  private String node = "";

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Their names, or the beginnings of their ids.")
  private List<String> images = new ArrayList<>();

  /// @param terminal where it reads and writes
  public SaveCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    images.forEach(ImageRmCommand::requireGrammar);
    String wrong = node.isEmpty() ? null : Names.nodeProblem(node);
    if (wrong != null) {
      throw FailureException.usage("--node: " + wrong);
    }
    if (output.isEmpty() && terminal().outIsTerminal()) {
      throw FailureException.usage(
          "an archive is not for a terminal (expected: -o FILE, or the output in a file or a"
              + " pipe)");
    }
    Path directory = Path.of(output).toAbsolutePath().getParent();
    if (!output.isEmpty() && (directory == null || !Files.isDirectory(directory))) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(output) + ": there is no such directory; make it first");
    }
    // What has the name is replaced: it must not be a directory, or a device of this host.
    if (!output.isEmpty()
        && Files.exists(Path.of(output))
        && !Files.isRegularFile(Path.of(output))) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(output) + ": is no file; give the archive another name");
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    String from = node.isEmpty() ? ImageHolder.ofAll(cluster, terminal(), images) : node;
    if (output.isEmpty()) {
      long _ = SavedArchive.write(cluster, from, images, terminal().out());
      return ExitCode.OK;
    }
    Path file = Path.of(output).toAbsolutePath();
    // What is not whole never has the name that was asked for.
    Path partial = Files.createTempFile(file.getParent(), ".berth-save", "");
    // An end by Ctrl-C, too.
    partial.toFile().deleteOnExit();
    try {
      long bytes;
      try (OutputStream out = Files.newOutputStream(partial)) {
        bytes = SavedArchive.write(cluster, from, images, out);
      }
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      terminal().say(from + ": saved " + Quantity.roundedMemory(bytes));
    } finally {
      Files.deleteIfExists(partial);
    }
    return ExitCode.OK;
  }
}
