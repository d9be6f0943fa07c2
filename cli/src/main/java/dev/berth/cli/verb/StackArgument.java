package dev.berth.cli.verb;

import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.client.FileTrouble;
import dev.berth.client.stack.StackException;
import dev.berth.client.stack.StackFile;
import dev.berth.client.yaml.YamlReader;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option of verbs that read a stack file.
final class StackArgument {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The stack file; - reads what is piped in.")
  private String file = "";

  private @Nullable StackFile read;

  /// Reads the file, once: what is piped in cannot be read again.
  ///
  /// @throws FailureException with exit code 2 and all that is wrong with it
  StackFile read(Terminal terminal) {
    StackFile known = read;
    if (known == null) {
      known = readNow(terminal);
      read = known;
    }
    return known;
  }

  private StackFile readNow(Terminal terminal) {
    try {
      return StackFile.read(name(), content(terminal));
    } catch (StackException e) {
      String problems =
          e.problems().stream()
              .map(problem -> name() + ":" + problem)
              .collect(Collectors.joining("\n"));
      throw FailureException.usage(problems);
    } catch (NoSuchFileException e) {
      throw FailureException.usage(name() + ": no such file");
    } catch (IOException e) {
      throw FailureException.usage(
          name() + ": cannot be read: " + Printable.escape(FileTrouble.why(e)));
    }
  }

  /// The file's name, safe to show.
  String name() {
    return file.equals("-") ? "standard input" : Printable.escape(file);
  }

  // One byte more than is allowed is read, so that the reader notices.
  private byte[] content(Terminal terminal) throws IOException {
    if (file.equals("-")) {
      return terminal.in().readNBytes(YamlReader.SIZE_MAX + 1);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(YamlReader.SIZE_MAX + 1);
    } catch (java.nio.file.InvalidPathException e) {
      throw new IOException("not a path", e);
    }
  }
}
