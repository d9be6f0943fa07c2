package dev.berth.agent.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/// Speaks with one registry by the OCI distribution API: with the token that it gives to everyone
/// or to who one is, or with user and password, where it wants that. Over https, except to this
/// host. What it is told of who one is, no other host is told, but the one that gives its tokens.
final class RegistryClient {
  /// Bytes of the largest document that is read.
  static final int DOCUMENT_MAX = 4 << 20;

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int REDIRECTS_MAX = 5;
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int CREATED = 201;
  private static final int FORBIDDEN = 403;
  private static final int WORDS_MAX = 500;
  private static final int TOKEN_MAX = 1 << 20;

  private final String host;
  private final HttpClient http;
  private final RegistrySecret secret;
  private final ObjectMapper json = new ObjectMapper();
  private Optional<String> authorization = Optional.empty();

  /// @param host perhaps with a port
  /// @param tls how its certificate is checked
  /// @param secret who one is
  RegistryClient(String host, SSLContext tls, RegistrySecret secret) {
    this.host = host;
    this.secret = secret;
    http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(tls)
            .build();
  }

  /// An answer without its content.
  record Said(int status, Optional<String> where) {
    /// Where it sends one.
    URI location(URI asked) throws IOException {
      return resolve(asked, where.orElse(""));
    }
  }

  /// A document, whole.
  byte[] document(URI where, String accept) throws IOException, InterruptedException {
    try (InputStream body = open(where, accept).body()) {
      byte[] bytes = body.readNBytes(DOCUMENT_MAX + 1);
      if (bytes.length > DOCUMENT_MAX) {
        throw new IOException(where + " has more than " + DOCUMENT_MAX + " bytes");
      }
      return bytes;
    }
  }

  /// Begins to read something.
  InputStream stream(URI where) throws IOException, InterruptedException {
    return open(where, "*/*").body();
  }

  /// A request that [#send] takes.
  ///
  /// @param limit for the answer to begin
  HttpRequest.Builder request(URI where, Duration limit) throws IOException {
    return HttpRequest.newBuilder(secure(where)).timeout(limit);
  }

  /// Asks for something else than content.
  ///
  /// @throws IOException when it answers anything else
  Said send(HttpRequest.Builder request, int... expected) throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = once(request);
    if (answer.statusCode() == UNAUTHORIZED) {
      answer.body().close();
      authorization = Optional.of(authorized(answer));
      answer = once(request);
    }
    int status = answer.statusCode();
    String words = "";
    try (InputStream body = answer.body()) {
      if (IntStream.of(expected).noneMatch(each -> each == status)) {
        words = new String(body.readNBytes(WORDS_MAX), StandardCharsets.UTF_8);
        throw new IOException(problem(answer.uri(), status, words));
      }
    }
    return new Said(status, answer.headers().firstValue("location"));
  }

  /// Brings a manifest.
  void put(URI where, String type, byte[] document) throws IOException, InterruptedException {
    send(
        request(where, ANSWER_LIMIT)
            .header("Content-Type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(document)),
        CREATED);
  }

  private HttpResponse<InputStream> open(URI where, String accept)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = follow(where, accept);
    if (answer.statusCode() == UNAUTHORIZED) {
      answer.body().close();
      authorization = Optional.of(authorized(answer));
      answer = follow(where, accept);
    }
    if (answer.statusCode() != OK) {
      answer.body().close();
      throw new IOException(problem(where, answer.statusCode(), ""));
    }
    return answer;
  }

  private String problem(URI where, int status, String words) {
    return switch (status) {
      case NOT_FOUND -> "the registry has no " + where.getPath();
      case UNAUTHORIZED, FORBIDDEN ->
          secret.isThere()
              ? "the registry refuses this login (%d): see user and password (berth login), and what"
                      .formatted(status)
                  + " the user may do"
              : "the registry wants a login (%d): log in (berth login), then pull it (berth pull"
                      .formatted(status)
                  + " --kind vm)";
      default ->
          where.getPath()
              + ": the registry answered "
              + status
              + (words.isEmpty() ? "" : ": " + Printable.escape(words.strip()));
    };
  }

  /// A registry may send one elsewhere for what is large.
  private HttpResponse<InputStream> follow(URI first, String accept)
      throws IOException, InterruptedException {
    URI where = first;
    for (int i = 0; i <= REDIRECTS_MAX; i++) {
      HttpResponse<InputStream> answer =
          once(request(where, ANSWER_LIMIT).setHeader("Accept", accept));
      Optional<String> next = answer.headers().firstValue("location");
      if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
        return answer;
      }
      answer.body().close();
      where = resolve(where, next.get());
    }
    throw new IOException(first + ": the registry sends one on more than " + REDIRECTS_MAX);
  }

  private HttpResponse<InputStream> once(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    if (host.equals(request.build().uri().getAuthority())) {
      authorization.ifPresent(each -> request.setHeader("Authorization", each));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static URI resolve(URI where, String location) throws IOException {
    try {
      URI next = where.resolve(location);
      if (next.getAuthority() != null) {
        return next;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new IOException(where + ": the registry sends one to no address");
  }

  /// Only a registry of this host may speak without TLS, and send one to another server here.
  private URI secure(URI where) throws IOException {
    boolean local =
        "http".equals(where.getScheme()) && Loopback.is(host) && Loopback.is(where.getAuthority());
    if (!local && !"https".equals(where.getScheme())) {
      throw new IOException(where + ": not asked, since it is no https address");
    }
    return where;
  }

  /// What to say from now on, after a refusal.
  private String authorized(HttpResponse<InputStream> refusal)
      throws IOException, InterruptedException {
    String challenge = refusal.headers().firstValue("www-authenticate").orElse("");
    Optional<BearerChallenge> asked = BearerChallenge.parse(challenge);
    if (asked.isPresent()) {
      return "Bearer " + token(asked.get());
    }
    if (!challenge.regionMatches(true, 0, "Basic ", 0, 6)) {
      throw new IOException("the registry wants a way of logging in that is not known");
    }
    if (!secret.isThere() || authorization.isPresent()) {
      throw new IOException(problem(refusal.uri(), UNAUTHORIZED, ""));
    }
    return secret.basic();
  }

  private String token(BearerChallenge asked) throws IOException, InterruptedException {
    URI realm = asked.address();
    HttpRequest.Builder request =
        request(realm, ANSWER_LIMIT).setHeader("Accept", "application/json");
    if (secret.isThere()) {
      request.setHeader("Authorization", secret.basic());
    }
    HttpResponse<InputStream> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != OK) {
        throw new IOException(problem(realm, answer.statusCode(), ""));
      }
      JsonNode said = json.readTree(body.readNBytes(TOKEN_MAX));
      String token = said.path("token").asText(said.path("access_token").asText(""));
      if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
        throw new IOException(realm.getAuthority() + " gives no token for it");
      }
      return token;
    }
  }
}
