package dev.berth.cli.image;

import dev.berth.cli.term.FailureException;
import dev.berth.client.FileTrouble;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Where an image is to come from, as a user wrote it.
sealed interface ImportOrigin {
  /// A file of this machine.
  record OfFile(Path file, long bytes) implements ImportOrigin {}

  /// What nodes fetch by themselves.
  record OfUrl(String url) implements ImportOrigin {}

  /// An image of a registry.
  record OfRegistry(String reference) implements ImportOrigin {}

  /// The endings of disk images.
  List<String> ENDINGS = List.of(".qcow2", ".img", ".raw");

  /// What is meant: a URL, a file that is there, or else an image of a registry.
  ///
  /// @throws FailureException with exit code 2 when it is none of these
  static ImportOrigin parse(String text) {
    if (VmImages.isUrl(text)) {
      String problem = VmImages.problem(text);
      if (problem != null) {
        throw FailureException.usage(problem);
      }
      return new OfUrl(text);
    }
    Path file = Path.of(text);
    if (Files.exists(file)) {
      return ofFile(file);
    }
    boolean looksLikeFile =
        text.startsWith(".") || text.startsWith("/") || ENDINGS.stream().anyMatch(text::endsWith);
    if (!looksLikeFile && ImageRules.referenceProblem(text) == null) {
      return new OfRegistry(text);
    }
    throw FailureException.usage(
        Printable.quote(text)
            + ": no such file (expected: a file, an http or https URL, or an image of a registry"
            + " with its host, such as registry.example/team/disk:1)");
  }

  private static ImportOrigin ofFile(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) == 0) {
        throw FailureException.usage(file + ": is empty or no file (expected: a disk image)");
      }
      return new OfFile(file, Files.size(file));
    } catch (IOException e) {
      throw FailureException.usage(file + ": cannot be read: " + FileTrouble.why(e));
    }
  }

  /// The name that it gets when the user gives none: the file's without its ending.
  default String defaultName() {
    return switch (this) {
      case OfFile(Path file, _) -> withoutEnding(String.valueOf(file.getFileName()));
      case OfUrl(String url) -> withoutEnding(lastPart(url.split("[?]", 2)[0]));
      case OfRegistry(String reference) -> lastPart(reference.split("@", 2)[0]);
    };
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String withoutEnding(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    for (String ending : ENDINGS) {
      if (name.endsWith(ending)) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return name;
  }
}
