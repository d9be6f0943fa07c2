package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.LogChunk;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.PullProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real processes that bring files with them.
@Timeout(60)
class PlacedFilesTest {
  private static final LogQuery ALL =
      new LogQuery(true, OptionalInt.empty(), Optional.empty(), false);

  private final AtomicInteger asked = new AtomicInteger();
  private ProcessFixture fixture;
  private HttpServer server;
  private byte[] archive = new byte[0];

  @BeforeEach
  void open() throws IOException {
    fixture = new ProcessFixture(ProcessFixture.Cgroups.HOST);
    archive = archive("app/run.sh", "echo from $(cat greeting); pwd");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/app.tgz",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, archive.length);
          exchange.getResponseBody().write(archive);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() throws IOException {
    server.stop(0);
    fixture.close();
  }

  private static byte[] archive(String name, String script) throws IOException {
    byte[] content = ("#!/bin/sh\n" + script + "\n").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setMode(0755);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private ProcessArtifact.Builder artifact(String path) throws Exception {
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
    return ProcessArtifact.newBuilder()
        .setUrl("http://127.0.0.1:" + server.getAddress().getPort() + path)
        .setSha256(digest)
        .setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_TAR_GZ);
  }

  private static ProcessFile file(String path, String content) {
    return ProcessFile.newBuilder()
        .setPath(path)
        .setContent(ByteString.copyFromUtf8(content))
        .build();
  }

  private ProcessSpec.Builder app() throws Exception {
    return ProcessFixture.spec("./run.sh")
        .setWorkingDir("app")
        .addArtifacts(artifact("/app.tgz"))
        .addFiles(file("app/greeting", "berth"));
  }

  private String output(RuntimeHandle handle) throws Exception {
    while (fixture.driver().inspect(handle).state() instanceof RunState.Running) {
      Thread.sleep(5);
    }
    StringBuilder text = new StringBuilder();
    try (LogReader reader = fixture.driver().openLogs(handle, ALL)) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        text.append(next.get().getData().toStringUtf8());
      }
    }
    return text.toString();
  }

  private Path work(AssignedInstance instance) {
    return fixture.ground().files(instance.getInstanceId()).work().path();
  }

  private List<Path> works() throws IOException {
    try (Stream<Path> all = Files.list(fixture.ground().directory().resolve("work"))) {
      return all.toList();
    }
  }

  private Failure refusal(ProcessSpec.Builder process) throws Exception {
    DriverException refusal =
        assertThrows(
            DriverException.class, () -> fixture.driver().prepare(fixture.of(process), _ -> {}));
    assertEquals(List.of(), works(), "something is left");
    return refusal.failure();
  }

  @Test
  void aProgramComesAsAnArchiveWithAFileOverIt() throws Exception {
    AssignedInstance instance = fixture.of(app());
    List<PullProgress> told = new ArrayList<>();
    RuntimeHandle handle = fixture.driver().prepare(instance, told::add).handle();
    var _ = fixture.driver().start(handle);
    assertEquals("from berth\n" + work(instance) + "/app\n", output(handle));
    // Whatever it changes stays for its next start, and nothing is fetched for that.
    Files.writeString(work(instance).resolve("app/greeting"), "itself");
    var _ = fixture.driver().prepare(instance, _ -> {});
    var _ = fixture.driver().start(handle);
    assertTrue(output(handle).contains("from itself\n"));
    assertTrue(fixture.driver().storageBytes(handle).orElse(0) > 0);
    fixture.driver().remove(handle);
    assertEquals(List.of(), works());
    // The next one of the same needs no server.
    server.removeContext("/app.tgz");
    assertTrue(output(fixture.run(fixture.of(app()))).contains("from berth\n"));
    assertEquals(1, asked.get());
  }

  @Test
  void whatIsPlacedIsThePrograms() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"));
    ProcessSpec.Builder process =
        ProcessFixture.spec(
                "sh",
                "-c",
                "id -u; stat -c %u:%a . app app/run.sh secret; cat secret; echo x >$BERTH_DIR/new;"
                    + " ls $BERTH_DIR; ls $BERTH_DIR/.. || echo closed")
            .setUser("nobody")
            .addArtifacts(artifact("/app.tgz"))
            .addFiles(file("secret", "s\n").toBuilder().setMode("0600"));
    AssignedInstance instance = fixture.of(process);
    String uid = output(fixture.run(fixture.of(ProcessFixture.spec("id", "-u", "nobody")))).strip();
    String said = output(fixture.run(instance));
    assertTrue(
        said.startsWith("%1$s\n%1$s:700\n%1$s:755\n%1$s:755\n%1$s:600\ns\n".formatted(uid)), said);
    assertTrue(said.contains("\nnew\nsecret\n"), said);
    assertTrue(said.endsWith("closed\n"), said);
  }

  @Test
  void anArtifactThatCannotBeHadFailsTheInstanceAndLeavesNothing() throws Exception {
    Failure missing = refusal(app().clearArtifacts().addArtifacts(artifact("/no.tgz")));
    assertInstanceOf(Failure.Permanent.class, missing);
    assertEquals("ArtifactPullFailed", missing.reason());
    assertTrue(missing.message().startsWith("process.artifacts[0]: http://"), missing.message());
    Failure wrong = refusal(app().setArtifacts(0, artifact("/app.tgz").setSha256("00".repeat(32))));
    assertEquals("ArtifactDigestMismatch", wrong.reason());
    Failure noZip =
        refusal(
            app()
                .setArtifacts(
                    0, artifact("/app.tgz").setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_ZIP)));
    assertEquals("ArtifactRefused", noZip.reason());
    assertEquals("NoWorkingDirectory", refusal(app().setWorkingDir("other")).reason());
    server.stop(0);
    assertInstanceOf(
        Failure.Retryable.class,
        refusal(app().setArtifacts(0, artifact("/app.tgz").setSha256("11".repeat(32)))));
  }

  @Test
  void anArchiveThatLeadsOutIsRefused() throws Exception {
    archive = archive("../../escaped", "");
    Failure refused = refusal(app());
    assertEquals("ArtifactRefused", refused.reason());
    assertTrue(refused.message().contains("\"../../escaped\""), refused.message());
    assertFalse(Files.exists(fixture.ground().directory().resolve("escaped")));
  }

  @Test
  void whatAnEndedAgentLeftInTheMiddleGoes() throws Exception {
    Path root = fixture.ground().directory();
    Path half = Files.createDirectory(root.resolve("work/.new-" + "a".repeat(32)));
    Files.writeString(half.resolve("x"), "");
    Path orphan = Files.createDirectory(root.resolve("work/" + "b".repeat(32)));
    AssignedInstance instance = fixture.of(app());
    var _ = fixture.driver().prepare(instance, _ -> {});
    WorkDirectory.prepare(root);
    assertFalse(Files.exists(half));
    assertFalse(Files.exists(orphan));
    assertEquals(List.of(work(instance)), works());
  }
}
