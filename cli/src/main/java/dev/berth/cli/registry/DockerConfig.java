package dev.berth.cli.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Docker's `config.json`, which Berth shares: what it does not know in there stays as it is.
final class DockerConfig {
  private static final String AUTHS = "auths";
  private static final Pattern ESCAPED =
      Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u(003[cde]|002[67])");

  private final Path file;
  private final Struct content;

  private DockerConfig(Path file, Struct content) {
    this.file = file;
    this.content = content;
  }

  /// Where it is: `$DOCKER_CONFIG/config.json`, or `~/.docker/config.json`.
  static Path file(Map<String, String> environment) {
    String directory = environment.getOrDefault("DOCKER_CONFIG", "");
    return directory.isEmpty()
        ? Path.of(
            environment.getOrDefault("HOME", System.getProperty("user.home", "/root")),
            ".docker",
            "config.json")
        : Path.of(directory, "config.json");
  }

  /// Reads it; one that is not there is empty.
  ///
  /// @throws IOException when it cannot be read, or is no JSON
  static DockerConfig read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new DockerConfig(file, Struct.getDefaultInstance());
    }
    Struct.Builder content = Struct.newBuilder();
    try {
      String text = Files.readString(file);
      if (!text.isBlank()) {
        JsonFormat.parser().merge(text, content);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + ": is no JSON: mend it, or move it away", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + FileTrouble.why(e), e);
    }
    return new DockerConfig(file, content.build());
  }

  Path file() {
    return file;
  }

  /// The program that keeps a registry's secrets; empty: they are in this file.
  Optional<String> helper(RegistryHost registry) {
    String own = text(object(content, "credHelpers"), registry.key());
    String named = own.isEmpty() ? text(content, "credsStore") : own;
    return named.isEmpty() ? Optional.empty() : Optional.of(named);
  }

  /// What the file itself says of a registry, by whatever form of its name.
  Optional<Struct> entry(RegistryHost registry) {
    Struct auths = object(content, AUTHS);
    return forms(registry)
        .map(form -> auths.getFieldsOrDefault(form, Value.getDefaultInstance()))
        .filter(Value::hasStructValue)
        .map(Value::getStructValue)
        .findFirst();
  }

  /// How the name of a registry may be written, the usual one first.
  private static Stream<String> forms(RegistryHost registry) {
    String key = registry.key();
    return Stream.of(key, "https://" + key, "http://" + key)
        .flatMap(base -> Stream.of(base, base + "/", base + "/v1/", base + "/v2/"));
  }

  /// The same with another entry of a registry.
  DockerConfig with(RegistryHost registry, Struct entry) {
    Struct.Builder auths = object(content, AUTHS).toBuilder();
    auths.putFields(registry.key(), Value.newBuilder().setStructValue(entry).build());
    return withAuths(auths);
  }

  /// The same without a registry, by whatever form of its name.
  DockerConfig without(RegistryHost registry) {
    Struct.Builder auths = object(content, AUTHS).toBuilder();
    forms(registry).forEach(auths::removeFields);
    return withAuths(auths);
  }

  private DockerConfig withAuths(Struct.Builder auths) {
    return new DockerConfig(
        file,
        content.toBuilder()
            .putFields(AUTHS, Value.newBuilder().setStructValue(auths).build())
            .build());
  }

  /// Writes it as a whole, for its owner alone.
  void write() throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.resolveSibling("");
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      // Temporary files are for their owner alone from the beginning.
      Path fresh = Files.createTempFile(directory, "config", ".tmp");
      try {
        Files.write(
            fresh,
            (plain(JsonFormat.printer().print(content)) + "\n").getBytes(StandardCharsets.UTF_8));
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new IOException(target + ": cannot be written: " + FileTrouble.why(e), e);
    }
  }

  /// The printer escapes what would matter in a web page; people look for Base64's "=" here.
  private static String plain(String json) {
    return ESCAPED
        .matcher(json)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1) + (char) Integer.parseInt(found.group(2), 16)));
  }

  static Struct object(Struct in, String field) {
    return in.getFieldsOrDefault(field, Value.getDefaultInstance()).getStructValue();
  }

  static String text(Struct in, String field) {
    return in.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
  }
}
