package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// Starts the shell script that carries one process, and installs those that it needs.
///
/// @param root of all instances
record Carrier(Path root) {
  // It takes a few milliseconds.
  private static final int LOOK_MILLIS = 1;

  /// Puts the scripts where they are run from. One that is being run goes on with its own.
  void install() throws IOException {
    install(RootLaunch.SCRIPT);
    install(InstanceFiles.CARRIER);
  }

  private void install(String name) throws IOException {
    try (InputStream script = Carrier.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IOException(name + " is not in the agent's archive; build it again");
      }
      Path fresh = root.resolve(name + ".new");
      Files.write(fresh, script.readAllBytes());
      Files.move(
          fresh,
          root.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// Starts an instance; answers when its program is about to be executed.
  void start(InstanceFiles files) throws DriverException {
    try {
      launch(files);
      long deadline = System.nanoTime() + RuntimeDriver.CALL_LIMIT.toNanos();
      while (files.run().isEmpty()) {
        String failure = files.startFailure();
        if (!failure.isEmpty() || System.nanoTime() - deadline > 0) {
          throw DriverException.retryable(
              "StartFailed", failure.isEmpty() ? "its carrier does not answer" : failure, null);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (IOException e) {
      throw DriverException.retryable(
          "StartFailed", "its carrier cannot be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the start was interrupted", e);
    }
  }

  private void launch(InstanceFiles files) throws IOException {
    // It leaves its parent at once, so that nobody but the kernel has to wait for it.
    ProcessBuilder builder =
        new ProcessBuilder(
            "setsid",
            "-f",
            "sh",
            root.resolve(InstanceFiles.CARRIER).toString(),
            files.directory().toString());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", Tools.PATH);
    var _ =
        builder
            .directory(root.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
  }
}
