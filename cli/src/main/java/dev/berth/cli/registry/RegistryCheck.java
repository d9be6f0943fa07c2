package dev.berth.cli.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/// Asks a registry whether it takes a login: by HTTP's basic scheme, or for a token that it or
/// another server gives. Over https; over http only on this machine.
final class RegistryCheck {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ANSWER_MAX = 1 << 20;
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final Pattern PARAMETER = Pattern.compile("([a-z_]{1,20})=\"([^\"]{0,2000})\"");

  private final RegistryHost registry;
  private final HttpClient http;

  /// @param trust whose certificates are believed
  RegistryCheck(RegistryHost registry, SSLContext trust) {
    this.registry = registry;
    http =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(trust)
            .build();
  }

  /// Status and challenge of an answer, with the beginning of its body.
  private record Answer(int status, String challenge, String body) {}

  /// Asks.
  ///
  /// @return the login as it is best kept: with a token in place of the password, where the
  ///     registry gives one
  /// @throws IOException when it is refused, or the registry cannot be asked
  RegistryLogin verify(String user, String password) throws IOException, InterruptedException {
    RegistryLogin login =
        RegistryLogin.newBuilder()
            .setServer(registry.key())
            .setUsername(user)
            .setPassword(password)
            .build();
    URI where = URI.create("https://" + registry.authority() + "/v2/");
    URI plain = URI.create("http://" + registry.authority() + "/v2/");
    Optional<Answer> inTheClear = registry.isLoopback() ? ask(plain) : Optional.empty();
    Answer first;
    if (inTheClear.isPresent()) {
      where = plain;
      first = inTheClear.get();
    } else {
      try {
        first = get(where, "");
      } catch (IOException e) {
        throw explained(e);
      }
    }
    if (first.status() == OK) {
      return login; // it asks nobody who he is
    }
    if (first.status() != UNAUTHORIZED) {
      throw unexpected(first.status());
    }
    String scheme = first.challenge().split(" ", 2)[0].toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "basic" -> {
        require(get(where, basic(user, password)));
        yield login;
      }
      case "bearer" -> withToken(where, parameters(first.challenge()), login);
      default ->
          throw new IOException(
              registry.words() + " wants a way of logging in that is not known here");
    };
  }

  /// Empty when nobody there speaks HTTP in the clear; one who expects TLS answers 400.
  private Optional<Answer> ask(URI plain) throws InterruptedException {
    try {
      return Optional.of(get(plain, "")).filter(answer -> answer.status() != BAD_REQUEST);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private RegistryLogin withToken(URI where, Map<String, String> asked, RegistryLogin login)
      throws IOException, InterruptedException {
    String realm = asked.getOrDefault("realm", "");
    StringBuilder query = new StringBuilder(realm);
    query.append(realm.indexOf('?') < 0 ? '?' : '&');
    query.append("account=").append(encoded(login.getUsername()));
    query.append("&client_id=docker&offline_token=true");
    String service = asked.getOrDefault("service", "");
    if (!service.isEmpty()) {
      query.append("&service=").append(encoded(service));
    }
    URI giver = tokenGiver(query.toString());
    Answer answer;
    try {
      answer = get(giver, basic(login.getUsername(), login.getPassword()));
    } catch (IOException e) {
      throw explained(e);
    }
    require(answer);
    Struct.Builder said = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(answer.body(), said);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(giver.getAuthority() + " gives no token that can be read", e);
    }
    String access = DockerConfig.text(said.build(), "access_token");
    String token = access.isEmpty() ? DockerConfig.text(said.build(), "token") : access;
    if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IOException(giver.getAuthority() + " gives no token");
    }
    require(get(where, "Bearer " + token));
    String lasting = DockerConfig.text(said.build(), "refresh_token");
    return lasting.isEmpty()
        ? login
        : login.toBuilder().clearPassword().setIdentityToken(lasting).build();
  }

  /// The password is not sent in the clear, but on this machine.
  private URI tokenGiver(String address) throws IOException {
    URI giver;
    try {
      giver = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw new IOException(registry.words() + " names no address that gives tokens", e);
    }
    boolean secure =
        "https".equals(giver.getScheme())
            || ("http".equals(giver.getScheme())
                && giver.getAuthority() != null
                && new RegistryHost(giver.getAuthority()).isLoopback());
    if (!secure) {
      throw new IOException(
          registry.words() + " sends one for tokens where a password is not safe: not done");
    }
    return giver;
  }

  private static Map<String, String> parameters(String challenge) {
    Map<String, String> found = new LinkedHashMap<>();
    Matcher matcher = PARAMETER.matcher(challenge);
    while (matcher.find()) {
      found.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    return found;
  }

  private Answer get(URI where, String authorization) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(where).timeout(LIMIT);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<InputStream> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      return new Answer(
          answer.statusCode(),
          answer.headers().firstValue("www-authenticate").orElse(""),
          new String(body.readNBytes(ANSWER_MAX), StandardCharsets.UTF_8));
    }
  }

  private void require(Answer answer) throws IOException {
    if (answer.status() == UNAUTHORIZED || answer.status() == 403) {
      throw new IOException(
          registry.words()
              + ": it refuses this user with this password: see both; nothing was kept");
    }
    if (answer.status() != OK) {
      throw unexpected(answer.status());
    }
  }

  private IOException unexpected(int status) {
    return new IOException(
        registry.words()
            + ": it answered "
            + status
            + " where a registry says who may come in: see whether it is one");
  }

  private IOException explained(IOException e) {
    if (e instanceof SSLException) {
      return new IOException(
          registry.words()
              + ": its certificate is not trusted ("
              + e.getMessage()
              + "): give its CA's certificate by --registry-ca-cert, or put it where docker has it,"
              + " as /etc/docker/certs.d/"
              + registry.authority()
              + "/ca.crt, here and on the nodes",
          e);
    }
    String detail = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new IOException(
        registry.words()
            + ": cannot be reached ("
            + detail
            + "): see the name, and whether it runs; nothing was kept",
        e);
  }

  private static String basic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
