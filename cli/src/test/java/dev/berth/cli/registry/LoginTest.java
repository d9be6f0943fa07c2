package dev.berth.cli.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.cli.testing.Berth;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Logins, against a registry of canned answers.
@Timeout(120)
class LoginTest {
  private static final String BASIC = basic("ann", "s3cret");

  @TempDir private Path directory;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private boolean withTokens;
  private Berth berth;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/", this::answer);
    server.createContext("/token", this::giveToken);
    server.start();
    berth = new Berth(Map.of("DOCKER_CONFIG", directory.toString()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String said = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean known = said.equals(withTokens ? "Bearer t0ken" : BASIC);
    String challenge =
        withTokens
            ? "Bearer realm=\"http://" + host() + "/token\",service=\"shop\""
            : "Basic realm=\"shop\"";
    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
    send(exchange, known ? 200 : 401, "{}");
  }

  private void giveToken(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    boolean known = BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    send(
        exchange,
        known ? 200 : 401,
        known ? "{\"token\":\"t0ken\",\"refresh_token\":\"lasting\"}" : "{}");
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Path config() {
    return directory.resolve("config.json");
  }

  private Berth.Result login(String password) {
    return berth.reading(password + "\n").run("login", "-u", "ann", "--password-stdin", host());
  }

  private Optional<RegistryLogin> kept() throws IOException {
    return new RegistryLogins(Map.of("DOCKER_CONFIG", directory.toString()))
        .forImage(host() + "/shop:1");
  }

  @Test
  void keepsALoginThatTheRegistryTakesAndNoOther() throws Exception {
    Berth.Result refused = login("wrong");
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("it refuses this user with this password"), refused.err());
    assertFalse(Files.exists(config()));
    Berth.Result taken = login("s3cret");
    assertEquals(0, taken.exitCode(), taken.err());
    assertEquals("Login Succeeded\n", taken.out());
    assertTrue(taken.err().contains("kept unencrypted in"), taken.err());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(config())));
    assertEquals("s3cret", kept().orElseThrow().getPassword());
    assertTrue(Files.readString(config()).contains("\"YW5uOnMzY3JldA==\""));
    Berth.Result out = berth.run("logout", host());
    assertEquals(new Berth.Result(0, "Removing login credentials for " + host() + "\n", ""), out);
    assertTrue(kept().isEmpty());
    assertEquals("Not logged in to " + host() + "\n", berth.run("logout", host()).out());
  }

  @Test
  void keepsATokenInPlaceOfThePasswordWhereTheRegistryGivesOne() throws Exception {
    withTokens = true;
    assertEquals(1, login("wrong").exitCode());
    Berth.Result taken = login("s3cret");
    assertEquals(0, taken.exitCode(), taken.err());
    assertTrue(asked.getLast().contains("service=shop"), asked.toString());
    assertTrue(asked.getLast().contains("account=ann"), asked.toString());
    assertEquals("lasting", kept().orElseThrow().getIdentityToken());
    assertFalse(Files.readString(config()).contains("s3cret"));
  }

  @Test
  void leavesAllElseInDockersConfigurationAsItWas() throws Exception {
    Files.writeString(
        config(),
        "{\n\t\"auths\": {\"other\": {\"auth\": \"eDp5\"}},\n\t\"detachKeys\": \"ctrl-e,e\","
            + "\n\t\"n\": 7, \"HttpHeaders\": {\"X\": \"<&='\"}}");
    assertEquals(0, login("s3cret").exitCode());
    String now = Files.readString(config());
    for (String part : List.of("\"eDp5\"", "\"ctrl-e,e\"", "\"n\": 7", "\"X\": \"<&='\"", host())) {
      assertTrue(now.contains(part), part + " in " + now);
    }
  }

  @Test
  void forgetsARegistryByWhateverNameItWasKept() throws Exception {
    Files.writeString(
        config(),
        """
        {"auths": {"https://%1$s/v1/": {"auth": "YW5uOnMzY3JldA=="},
          "http://%1$s": {"auth": "YW5uOnMzY3JldA=="}, "other": {"auth": "eDp5"}}}
        """
            .formatted(host()));
    assertEquals("s3cret", kept().orElseThrow().getPassword());
    assertEquals(0, berth.run("logout", host()).exitCode());
    assertTrue(kept().isEmpty());
    String now = Files.readString(config());
    assertFalse(now.contains("YW5uOnMzY3JldA=="), now);
    assertTrue(now.contains("eDp5"), now);
  }

  @Test
  void givesTheSecretToAHelperWhereOneIsConfigured() throws Exception {
    Path kept = directory.resolve("kept");
    Path program = directory.resolve("docker-credential-berthtest");
    Files.writeString(
        program,
        """
        #!/bin/sh
        case "$1" in
          store) cat > '%1$s' ;;
          get) read -r server; test -e '%1$s' && cat '%1$s' || { echo not found; exit 1; } ;;
          erase) rm '%1$s' ;;
        esac
        """
            .formatted(kept));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    CredentialProgram helper = new CredentialProgram("berthtest", program.toString());
    RegistryHost registry = new RegistryHost("shop:5000");
    assertTrue(helper.get(registry).isEmpty());
    RegistryLogin login =
        RegistryLogin.newBuilder()
            .setServer("shop:5000")
            .setUsername("ann")
            .setPassword("s3\"cret")
            .build();
    helper.store(login);
    assertEquals(Optional.of(login), helper.get(registry));
    helper.erase(registry);
    assertTrue(helper.get(registry).isEmpty());
    Files.writeString(kept, "ann s3cret");
    String nonsense =
        String.valueOf(assertThrows(IOException.class, () -> helper.get(registry)).getMessage());
    assertEquals("berthtest get: its answer is no JSON", nonsense);
  }

  @Test
  void saysWhatToDoWhenTheHelperIsNotThereOrTheFileIsBroken() throws Exception {
    Files.writeString(config(), "{\"credsStore\":\"berth-nowhere\"}");
    Berth.Result missing = login("s3cret");
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().contains("docker-credential-berth-nowhere: cannot be run"));
    Files.writeString(config(), "{\"auths\":");
    Berth.Result broken = login("s3cret");
    assertEquals(1, broken.exitCode());
    assertTrue(broken.err().contains("is no JSON"), broken.err());
    assertEquals("{\"auths\":", Files.readString(config()));
  }

  @Test
  void warnsOfAPasswordOnTheCommandLineAndRefusesWrongUsage() {
    Berth.Result open = berth.run("login", "-u", "ann", "-p", "s3cret", host());
    assertEquals(0, open.exitCode(), open.err());
    assertTrue(open.err().startsWith("WARNING! Using --password via the CLI is insecure."));
    for (String[] words :
        new String[][] {
          {"login", "--password-stdin", host()},
          {"login", "-u", "ann", "-p", "x", "--password-stdin", host()},
          {"login", "-u", "ann", host()},
          {"login", host()},
          {"login", "-u", "ann", "--password-stdin", "not a host"},
          {"login", "-u", "ann", "--password-stdin", host()}
        }) {
      Berth.Result result = berth.run(words);
      assertEquals(2, result.exitCode(), String.join(" ", words) + ": " + result.err());
    }
  }

  @Test
  void saysThatNobodyAnswers() {
    server.stop(0);
    Berth.Result result = login("s3cret");
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("cannot be reached"), result.err());
  }

  @Test
  void knowsDockerHubByAllItsNames() {
    for (String image : List.of("shop", "team/shop:1", "docker.io/team/shop")) {
      assertEquals("https://index.docker.io/v1/", RegistryHost.ofImage(image).key());
    }
    assertEquals("https://index.docker.io/v1/", RegistryHost.ofUser("").key());
    assertEquals("host:5000", RegistryHost.ofUser("https://host:5000/v2/").key());
    assertEquals("registry-1.docker.io", RegistryHost.ofUser("docker.io").authority());
  }
}
