package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who says what to whom, with a registry that wants to be told who one is.
@Timeout(60)
final class RegistryClientTest {
  // Of ann with the password s3cret.
  private static final String BASIC = "Basic YW5uOnMzY3JldA==";

  @TempDir Path directory;
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private HttpServer registry;
  private HttpServer elsewhere;

  @BeforeEach
  void start() throws IOException {
    registry = server();
    elsewhere = server();
    elsewhere.createContext("/", exchange -> answer(exchange, 200, "content"));
    registry.createContext("/token", this::token);
    registry.createContext("/v2/basic/", exchange -> guarded(exchange, "Basic realm=\"x\"", BASIC));
    registry.createContext(
        "/v2/bearer/",
        exchange ->
            guarded(
                exchange,
                "Bearer realm=\"http://%s/token\",service=\"s\",scope=\"pull\"".formatted(host()),
                "Bearer t0ken"));
  }

  @AfterEach
  void stop() {
    registry.stop(0);
    elsewhere.stop(0);
  }

  private static HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    return server;
  }

  private static String at(HttpServer server) {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private String host() {
    return at(registry);
  }

  private void token(HttpExchange exchange) throws IOException {
    String who = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    answer(exchange, who.equals(BASIC) ? 200 : 401, "{\"token\":\"t0ken\"}");
  }

  private void guarded(HttpExchange exchange, String challenge, String wanted) throws IOException {
    if (wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().add("Location", "http://" + at(elsewhere) + "/content");
      answer(exchange, 307, "");
    } else {
      exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
      answer(exchange, 401, "");
    }
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    heard.add(
        exchange.getHttpContext().getServer().getAddress().getPort()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String read(String repository, String password) throws Exception {
    ImageReference image = ImageReference.parse(host() + "/" + repository + "/disk:1");
    RegistryLogin login =
        RegistryLogin.newBuilder()
            .setServer(host())
            .setUsername("ann")
            .setPassword(password)
            .build();
    RegistryClient client =
        new RegistryAccess(
                new RegistryTrust(directory),
                password.isEmpty() ? Optional.empty() : Optional.of(login))
            .to(image);
    return new String(client.document(image.manifest("1"), "*/*"), StandardCharsets.UTF_8);
  }

  private String refusal(String repository, String password) {
    return String.valueOf(
        assertThrows(IOException.class, () -> read(repository, password)).getMessage());
  }

  @Test
  void whoOneIsIsSaidWhereItIsAskedAndNowhereElse() throws Exception {
    assertEquals("content", read("basic", "s3cret"));
    assertEquals("content", read("bearer", "s3cret"));
    String other = elsewhere.getAddress().getPort() + " ";
    assertEquals(
        List.of(other + "null", other + "null"),
        heard.stream().filter(each -> each.startsWith(other)).toList());
    assertFalse(heard.getFirst().contains("Basic"), "nothing is said before it is asked for");
  }

  @Test
  void aRefusedLoginIsToldFromNoneAndNeverShown() {
    for (String repository : List.of("basic", "bearer")) {
      String wrong = refusal(repository, "wr0ng");
      assertTrue(wrong.contains("refuses this login"), wrong);
      assertFalse(wrong.contains("wr0ng"), wrong);
      String none = refusal(repository, "");
      assertTrue(none.contains("wants a login"), none);
      assertTrue(none.contains("berth pull --kind vm"), none);
    }
  }

  @Test
  void aRegistryElsewhereSendsNobodyToThisHost() throws Exception {
    RegistryClient client =
        new RegistryAccess(new RegistryTrust(directory), Optional.empty())
            .to(ImageReference.parse("registry.example/disk:1"));
    URI here = URI.create("http://" + at(elsewhere) + "/content");
    assertThrows(IOException.class, () -> client.stream(here).close());
    assertEquals(List.of(), heard);
  }

  @Test
  void aHostIsNoPathToCertificates() throws Exception {
    RegistryTrust trust = new RegistryTrust(Files.createDirectories(directory.resolve("a/b")));
    Files.writeString(directory.resolve("a/none.crt"), "no certificate");
    assertThrows(
        GeneralSecurityException.class, () -> new RegistryTrust(directory).authorities("a"));
    assertEquals(List.of(), trust.authorities(".."));
    assertEquals(List.of(), trust.authorities("x/../.."));
  }
}
