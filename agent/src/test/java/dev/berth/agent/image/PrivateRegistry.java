package dev.berth.agent.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A registry of one's own on the loopback: Debian's docker-registry, with its files in one
/// directory. Ends with the test.
public final class PrivateRegistry implements AutoCloseable {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String PROGRAM = "docker-registry";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path directory;
  private final int port;
  private final Process process;

  private PrivateRegistry(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /// Why there cannot be one here; empty: there can.
  public static Optional<String> obstacle() {
    boolean installed =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, PROGRAM)));
    return installed ? Optional.empty() : Optional.of(PROGRAM + " is not installed");
  }

  public static PrivateRegistry start(Path directory) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path config =
        Files.writeString(
            directory.resolve("registry.yml"),
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: "127.0.0.1:%d"}
            """
                .formatted(directory.resolve("data"), port));
    Process process =
        new ProcessBuilder(PROGRAM, "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("registry.log").toFile())
            .start();
    PrivateRegistry registry = new PrivateRegistry(directory, port, process);
    try {
      registry.awaitReady();
      return registry;
    } catch (IOException | InterruptedException | RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    while (process.isAlive()) {
      try {
        var _ = send(HttpRequest.newBuilder(at("/v2/")));
        return;
      } catch (IOException _) {
        process.waitFor(100, TimeUnit.MILLISECONDS);
      }
    }
    throw new IllegalStateException(Files.readString(directory.resolve("registry.log")));
  }

  public String host() {
    return "127.0.0.1:" + port;
  }

  private URI at(String path) {
    return URI.create("http://" + host() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  /// Stores bytes and answers their descriptor.
  public String blob(String repository, String type, byte[] content) throws Exception {
    HttpResponse<String> begun =
        send(
            HttpRequest.newBuilder(at("/v2/" + repository + "/blobs/uploads/"))
                .POST(HttpRequest.BodyPublishers.noBody()));
    String where = begun.headers().firstValue("location").orElseThrow();
    char separator = where.indexOf('?') < 0 ? '?' : '&';
    var _ =
        send(
            HttpRequest.newBuilder(
                    URI.create(where + separator + "digest=sha256:" + sha256(content)))
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    return descriptor(type, content, "");
  }

  /// Stores a manifest of layers under a name, and answers its descriptor.
  public String manifest(String repository, String name, String platform, String... layers)
      throws Exception {
    String config =
        blob(
            repository,
            "application/vnd.oci.image.config.v1+json",
            "{}".getBytes(StandardCharsets.UTF_8));
    return put(
        repository,
        name,
        MANIFEST,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(MANIFEST, config, String.join(",", layers)),
        platform);
  }

  /// A manifest that is there, as it is.
  public String manifest(String repository, String name) throws Exception {
    return send(HttpRequest.newBuilder(at("/v2/" + repository + "/manifests/" + name))
            .header("Accept", MANIFEST))
        .body();
  }

  /// Stores an index of manifests under a name.
  public void index(String repository, String name, String... manifests) throws Exception {
    var _ =
        put(
            repository,
            name,
            INDEX,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(INDEX, String.join(",", manifests)),
            "");
  }

  private String put(String repository, String name, String type, String json, String platform)
      throws Exception {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String reference = name.isEmpty() ? "sha256:" + sha256(bytes) : name;
    var _ =
        send(
            HttpRequest.newBuilder(at("/v2/" + repository + "/manifests/" + reference))
                .header("Content-Type", type)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    return descriptor(type, bytes, platform);
  }

  private static String descriptor(String type, byte[] content, String platform) throws Exception {
    String where =
        platform.isEmpty()
            ? ""
            : ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + platform + "\"}";
    return "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d%s}"
        .formatted(type, sha256(content), content.length, where);
  }

  /// Where a blob's content is kept, for tests that change it.
  public Path fileOf(byte[] content) throws Exception {
    String digest = sha256(content);
    return directory
        .resolve("data/docker/registry/v2/blobs/sha256")
        .resolve(digest.substring(0, 2))
        .resolve(digest)
        .resolve("data");
  }

  public static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  /// A layer with files, as a tar archive, perhaps compressed.
  public static byte[] layer(boolean zipped, List<String> names, byte[] content)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = zipped ? new GZIPOutputStream(bytes) : bytes;
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(10, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
