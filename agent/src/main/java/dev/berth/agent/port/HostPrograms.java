package dev.berth.agent.port;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The programs of this host, looked for where administrators have them, whatever the agent's own
/// PATH is.
public final class HostPrograms implements HostCommands {
  private static final List<String> DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");
  private static final int LOOK_MILLIS = 20;
  private static final int LOOKS = 500;
  private static final int OUTPUT_MAX = 1 << 20;

  @Override
  public boolean has(String program) {
    return find(program).isPresent();
  }

  private static Optional<Path> find(String program) {
    return DIRECTORIES.stream()
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public Output run(List<String> words) throws IOException, InterruptedException {
    String program = words.getFirst();
    Path file = find(program).orElseThrow(() -> new IOException(program + " is not there"));
    List<String> command = new ArrayList<>(words);
    command.set(0, file.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // What is read is read by programs.
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return output(program, process);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Reads only what is there: one that hangs in the kernel keeps its pipe open even when killed.
  private static Output output(String program, Process process)
      throws IOException, InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int look = 0; look < LOOKS; look++) {
      boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      drain(process.getInputStream(), text);
      if (ended) {
        return new Output(process.exitValue(), text.toString(StandardCharsets.UTF_8));
      }
    }
    throw new IOException(
        program + " did not end within " + LOOKS * LOOK_MILLIS / 1000 + " s, so it was killed");
  }

  private static void drain(InputStream in, ByteArrayOutputStream text) throws IOException {
    for (int there = in.available(); there > 0; there = in.available()) {
      byte[] read = in.readNBytes(there);
      text.write(read, 0, Math.min(read.length, OUTPUT_MAX - text.size()));
    }
  }
}
