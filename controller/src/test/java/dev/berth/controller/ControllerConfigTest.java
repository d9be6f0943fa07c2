package dev.berth.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControllerConfigTest {
  @TempDir Path directory;

  @Test
  void hasDefaults() throws Exception {
    ControllerConfig config = ControllerConfig.parse(List.of("--data-dir=/var/lib/berth"));
    assertEquals(7443, config.listen().api().getPort());
    assertEquals(Path.of("/var/lib/berth/etcd-pki/client.crt"), config.etcd().certificate());
    assertEquals(20_000, config.core().lostMillis());
    assertEquals(Duration.ofSeconds(3), config.etcd().electionTtl());
  }

  @Test
  void prefersFlagsOverTheFile() throws Exception {
    Path file = directory.resolve("c.properties");
    Files.writeString(file, "data-dir=/from/file\nlost-timeout=1m\napi-address=127.0.0.1:1\n");
    ControllerConfig config =
        ControllerConfig.parse(List.of("--config=" + file, "--api-address=[::1]:2"));
    assertEquals(Path.of("/from/file"), config.dataDirectory());
    assertEquals(60_000, config.core().lostMillis());
    assertEquals(2, config.listen().api().getPort());
  }

  @Test
  void refusesUnknownKeysAndNamesTheKnownOnes() throws Exception {
    wrong("expected one of: data-dir, api-address", "--data-dir=/x", "--api-adress=127.0.0.1:1");
    Path file = directory.resolve("c.properties");
    Files.writeString(file, "data-dir=/x\nheartbeat=1s\n");
    wrong("c.properties: heartbeat: no such key", "--config=" + file);
  }

  @Test
  void saysWhatIsWrongWithAValue() {
    wrong("--data-dir: missing");
    wrong("--api-address: value: \"7443\"", "--data-dir=/x", "--api-address=7443");
    wrong(
        "--api-address: value: \"localhost:99999\"",
        "--data-dir=/x",
        "--api-address=localhost:99999");
    wrong("--lost-timeout: value: \"soon\"", "--data-dir=/x", "--lost-timeout=soon");
    wrong("expected: 1 <= heartbeat < suspect < lost", "--data-dir=/x", "--lost-timeout=1s");
    wrong("--election-ttl", "--data-dir=/x", "--election-ttl=100ms");
    wrong("--etcd-endpoints", "--data-dir=/x", "--etcd-endpoints=ftp://a:1");
    wrong("--etcd-endpoints", "--data-dir=/x", "--etcd-endpoints=");
    wrong("expected: --key=value", "--data-dir=/x", "fast");
    wrong("given twice", "--data-dir=/x", "--data-dir=/y");
    wrong("no-such-file", "--config=/no-such-file");
  }

  private static void wrong(String message, String... flags) {
    ControllerConfig.Wrong wrong =
        assertThrows(ControllerConfig.Wrong.class, () -> ControllerConfig.parse(List.of(flags)));
    assertTrue(String.valueOf(wrong.getMessage()).contains(message), wrong.getMessage());
  }
}
