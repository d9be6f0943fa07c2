package dev.berth.cli.run;

import com.google.protobuf.ByteString;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.ProcessFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `--file PATH[:MODE]=FILE`.
final class FileArgument {
  private static final Pattern FORM =
      Pattern.compile("([^=]+?)(?::([0-7]+))?=(.+)", Pattern.DOTALL);
  private static final String EXECUTABLE = "0755";
  // What the contract allows for all of them together.
  private static final int BYTES_MAX = 256 << 10;

  private FileArgument() {}

  static ProcessFile parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw RunSpec.wrong("--file", text, "PATH[:MODE]=FILE");
    }
    ProcessFile.Builder file = ProcessFile.newBuilder().setPath(matcher.group(1));
    String name = Printable.escape(matcher.group(3));
    try {
      Path from = Path.of(matcher.group(3));
      if (Files.size(from) > BYTES_MAX) {
        throw FailureException.usage(
            "--file: " + name + ": is larger than 256 KiB; give it as an --artifact");
      }
      if (matcher.group(2) != null) {
        file.setMode(matcher.group(2));
      } else if (Files.isExecutable(from)) {
        file.setMode(EXECUTABLE);
      }
      return file.setContent(ByteString.copyFrom(Files.readAllBytes(from))).build();
    } catch (NoSuchFileException _) {
      throw FailureException.usage("--file: " + name + ": no such file");
    } catch (IOException | InvalidPathException _) {
      throw FailureException.usage("--file: " + name + ": cannot be read");
    }
  }
}
