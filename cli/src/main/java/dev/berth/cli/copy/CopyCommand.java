package dev.berth.cli.copy;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.PieceOutput;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth cp`.
@Command(
    description = "Copies files and directories into an instance, or out of it.",
    footer = {
      "One of both is INSTANCE:PATH, of a container from its root; of a process as its program",
      "sees it, with its user's rights, relative paths in its work directory. The other one is a",
      "path here, or - for a tar archive. What lands where is as with docker: DIR/. means what is",
      "in DIR. Containers need not run. Virtual machines have nobody inside who could copy.",
      "  berth cp web.1:/etc/nginx/nginx.conf .",
      "  berth cp site/. web.1:/usr/share/nginx/html"
    })
public final class CopyCommand extends ClusterVerb {
  @Option(
      names = {"-a", "--archive"},
      description = "Keeps owners: user and group by number.")
  private boolean keepOwners;

  @Option(
      names = {"-L", "--follow-link"},
      description = "Copies what a link at SOURCE leads to, not the link.")
  private boolean followLink;

  @Option(
      names = {"-q", "--quiet"},
      description = "Says nothing when it works.")
  private boolean quiet;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "What is copied.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "DEST", description = "Where it goes.")
  private String destination = "";

  /// @param terminal where it reads and writes
  public CopyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    boolean from = CopyEnd.parse(source) instanceof CopyEnd.InInstance;
    boolean to = CopyEnd.parse(destination) instanceof CopyEnd.InInstance;
    if (from && to) {
      throw FailureException.usage("both ends are instances (expected: one of them)");
    } else if (!from && !to) {
      throw FailureException.usage("no end is an instance (expected: one, such as web.1:/tmp)");
    }
    if (destination.equals("-") && terminal().outIsTerminal()) {
      throw FailureException.usage("-: an archive is nothing for a terminal; redirect it");
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    CopyEnd from = CopyEnd.parse(source);
    CopyEnd to = CopyEnd.parse(destination);
    CountedCopy count = new CountedCopy(terminal(), quiet);
    int exitCode;
    try (count) {
      exitCode =
          from instanceof CopyEnd.InInstance(String name, CopyPath path)
              ? download(files(cluster, name), path, to, count)
              : upload(from, files(cluster, ((CopyEnd.InInstance) to).name()), count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
    if (!quiet && !destination.equals("-")) {
      terminal()
          .say(
              Printable.escape(
                  "copied " + Quantity.roundedMemory(count.bytes()) + " to " + destination));
    }
    return exitCode;
  }

  private static InstanceFiles files(Cluster cluster, String name) {
    return new InstanceFiles(cluster, OneInstance.find(cluster, name));
  }

  private int download(InstanceFiles files, CopyPath path, CopyEnd to, CountedCopy count)
      throws IOException {
    String at = followLink || path.slash() ? files.followed(path.text()) : path.text();
    PathStat stat =
        files
            .stat(at)
            .orElseThrow(
                () ->
                    new FailureException(
                        ExitCode.FAILURE, Printable.quote(source) + ": there is nothing there"));
    if (to instanceof CopyEnd.Archive) {
      try (InputStream archive = count.of(files.read(at))) {
        long _ = archive.transferTo(terminal().out());
      }
      return ExitCode.OK;
    }
    CopyPath local = ((CopyEnd.Local) to).path();
    Path there = Path.of(local.text());
    // A link at the destination is followed, as docker does.
    CopyPath landed = Files.exists(there) ? local.at(there.toRealPath().toString()) : local;
    Landing landing =
        Landing.of(
            new Landing.Source(path, path.name(), stat.getKind() == PathKind.PATH_KIND_DIRECTORY),
            landed,
            there(there));
    Path directory = Path.of(landing.directory());
    if (!Files.isDirectory(directory)) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.quote(landing.directory()) + ": there is no such directory; make it first");
    }
    try (InputStream archive = count.of(files.read(at))) {
      new TreeUnpacking(directory.toRealPath(), landing, keepOwners).unpack(new TarReader(archive));
    }
    return ExitCode.OK;
  }

  private static Landing.There there(Path path) {
    if (Files.isDirectory(path)) {
      return Landing.There.DIRECTORY;
    }
    return Files.exists(path) ? Landing.There.FILE : Landing.There.NOTHING;
  }

  private int upload(CopyEnd from, InstanceFiles files, CountedCopy count)
      throws IOException, InterruptedException {
    CopyPath path = ((CopyEnd.InInstance) CopyEnd.parse(destination)).path();
    String at = files.followed(path.text());
    try {
      if (from instanceof CopyEnd.Local(CopyPath local)) {
        return send(local, files, path.at(at), count);
      }
      files.write(
          at,
          keepOwners,
          archive -> {
            long _ = terminal().in().transferTo(count.of(archive));
          });
      return ExitCode.OK;
    } catch (PieceOutput.EndedException e) {
      throw new IOException("the node ended the copy without saying why; repeat it", e);
    }
  }

  private int send(CopyPath local, InstanceFiles files, CopyPath to, CountedCopy count)
      throws IOException, InterruptedException {
    Path given = Path.of(local.text());
    if (!Files.exists(given, LinkOption.NOFOLLOW_LINKS)) {
      throw new FailureException(
          ExitCode.FAILURE, Printable.quote(local.text()) + ": there is nothing there");
    }
    Path path = followLink || local.slash() ? given.toRealPath() : given;
    boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    Landing landing =
        Landing.of(
            new Landing.Source(local, local.name(), directory), to, there(files.stat(to.text())));
    int[] exitCode = {ExitCode.OK};
    files.write(
        landing.directory(),
        keepOwners,
        archive -> {
          TarWriter tar = new TarWriter(count.of(archive));
          new TreePacking(
                  tar,
                  keepOwners,
                  why -> {
                    Complaint.say(terminal(), "not copied", why);
                    exitCode[0] = ExitCode.FAILURE;
                  })
              .pack(path, landing.name());
          tar.finish();
        });
    return exitCode[0];
  }

  private static Landing.There there(Optional<PathStat> stat) {
    if (stat.isEmpty()) {
      return Landing.There.NOTHING;
    }
    return stat.get().getKind() == PathKind.PATH_KIND_DIRECTORY
        ? Landing.There.DIRECTORY
        : Landing.There.FILE;
  }
}
