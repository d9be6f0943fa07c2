package dev.berth.cli.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A program that keeps secrets of registries for docker, `docker-credential-NAME`: it reads what
/// it needs from its standard input, so that no secret stands on a command line.
final class CredentialProgram {
  private static final String PREFIX = "docker-credential-";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final long LIMIT_SECONDS = 30;
  private static final int ANSWER_MAX = 64 << 10;
  private static final String TOKEN_USER = "<token>";

  private final String name;
  private final String program;

  /// @param name as the configuration has it
  /// @throws IOException when it can be no program's name
  CredentialProgram(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("docker's configuration names a credential helper with a strange name");
    }
    this(PREFIX + name, PREFIX + name);
  }

  /// @param name for messages
  /// @param program what is run
  CredentialProgram(String name, String program) {
    this.name = name;
    this.program = program;
  }

  /// What it has for a registry; empty: nothing.
  Optional<RegistryLogin> get(RegistryHost registry) throws IOException {
    Said said = run("get", registry.key());
    if (said.exitCode() != 0) {
      if (said.text().contains("not found")) {
        return Optional.empty();
      }
      throw new IOException(name + " get: " + said.text());
    }
    Struct.Builder answer = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(said.text(), answer);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(name + " get: its answer is no JSON", e);
    }
    String user = DockerConfig.text(answer.build(), "Username");
    String secret = DockerConfig.text(answer.build(), "Secret");
    RegistryLogin.Builder login = RegistryLogin.newBuilder().setServer(registry.key());
    return Optional.of(
        user.equals(TOKEN_USER)
            ? login.setIdentityToken(secret).build()
            : login.setUsername(user).setPassword(secret).build());
  }

  /// Keeps a login.
  void store(RegistryLogin login) throws IOException {
    boolean token = !login.getIdentityToken().isEmpty();
    Struct secret =
        Struct.newBuilder()
            .putFields("ServerURL", value(login.getServer()))
            .putFields("Username", value(token ? TOKEN_USER : login.getUsername()))
            .putFields("Secret", value(token ? login.getIdentityToken() : login.getPassword()))
            .build();
    require("store", JsonFormat.printer().omittingInsignificantWhitespace().print(secret));
  }

  /// Forgets a registry.
  void erase(RegistryHost registry) throws IOException {
    require("erase", registry.key());
  }

  private void require(String verb, String input) throws IOException {
    Said said = run(verb, input);
    if (said.exitCode() != 0) {
      throw new IOException(name + " " + verb + ": " + said.text());
    }
  }

  private static Value value(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  /// How the program ended and what it printed.
  private record Said(int exitCode, String text) {}

  private Said run(String verb, String input) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(program, verb).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new IOException(
          name
              + ": cannot be run, although docker's configuration names it: install it, or take it"
              + " out of credsStore and credHelpers",
          e);
    }
    Thread guard = Thread.ofVirtual().start(() -> endLate(process));
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // It ended before it read all: its exit code says what became of it.
      }
      byte[] answer = process.getInputStream().readNBytes(ANSWER_MAX);
      int exitCode = process.waitFor();
      return new Said(exitCode, new String(answer, StandardCharsets.UTF_8).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(name + ": interrupted", e);
    } finally {
      guard.interrupt();
      process.destroyForcibly();
    }
  }

  private static void endLate(Process process) {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
