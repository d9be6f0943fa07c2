package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What names images of registries, and what registries say.
final class RegistryTextTest {
  @Test
  void readsReferences() {
    assertEquals(
        new ImageReference("registry.example", "containerdisks/fedora", "41"),
        ImageReference.parse("registry.example/containerdisks/fedora:41"));
    assertEquals(
        new ImageReference("host:5000", "a", "sha256:" + "0".repeat(64)),
        ImageReference.parse("host:5000/a:1@sha256:" + "0".repeat(64)));
    assertEquals(
        new ImageReference("registry-1.docker.io", "library/debian", "latest"),
        ImageReference.parse("docker.io/debian"));
  }

  @Test
  void speaksInTheClearWithThisHostOnly() {
    assertEquals(
        "http://127.0.0.1:5000/v2/a/manifests/1",
        ImageReference.parse("127.0.0.1:5000/a:1").manifest("1").toString());
    assertEquals(
        "https://registry.example/v2/a/blobs/sha256:1",
        ImageReference.parse("registry.example/a:1").blob("sha256:1").toString());
    assertTrue(Loopback.is("localhost"));
    assertTrue(Loopback.is("[::1]:80"));
    assertFalse(Loopback.is("localhost.example:80"));
    assertFalse(Loopback.is("127.0.0.1.example"));
    assertFalse(Loopback.is("127.0.0.1@evil.example"));
  }

  @Test
  void readsWhereTokensAre() {
    assertEquals(
        Optional.of(
            new BearerChallenge(
                "https://auth.example/token",
                Map.of("service", "registry.example", "scope", "repository:a/b:pull"))),
        BearerChallenge.parse(
            "Bearer realm=\"https://auth.example/token\",service=\"registry.example\","
                + "scope=\"repository:a/b:pull\",error=\"invalid_token\""));
    assertEquals(Optional.empty(), BearerChallenge.parse("Basic realm=\"x\""));
    assertEquals(Optional.empty(), BearerChallenge.parse("Bearer service=\"x\""));
  }
}
