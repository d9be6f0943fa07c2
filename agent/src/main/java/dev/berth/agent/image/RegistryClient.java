package dev.berth.agent.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Reads from one registry by the OCI distribution API, without credentials: with the token that
/// the registry gives to everyone, where it wants one. Over https, except to this host.
final class RegistryClient {
  /// Bytes of the largest document that is read.
  static final int DOCUMENT_MAX = 4 << 20;

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int REDIRECTS_MAX = 5;
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private Optional<String> token = Optional.empty();

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

  private HttpResponse<InputStream> open(URI where, String accept)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = follow(where, accept);
    if (answer.statusCode() == UNAUTHORIZED && token.isEmpty()) {
      answer.body().close();
      token = Optional.of(askForToken(answer));
      answer = follow(where, accept);
    }
    if (answer.statusCode() != OK) {
      answer.body().close();
      throw new IOException(problem(where, answer.statusCode()));
    }
    return answer;
  }

  private static String problem(URI where, int status) {
    return switch (status) {
      case NOT_FOUND -> "the registry has no " + where.getPath();
      case UNAUTHORIZED, 403 ->
          "the registry shows it to those who log in only ("
              + status
              + "): make it public, or"
              + " import the file";
      default -> where + ": the registry answered " + status;
    };
  }

  /// A registry may send one elsewhere for what is large; the token is not for there.
  private HttpResponse<InputStream> follow(URI first, String accept)
      throws IOException, InterruptedException {
    URI where = first;
    for (int i = 0; i <= REDIRECTS_MAX; i++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(secure(where)).timeout(ANSWER_LIMIT).header("Accept", accept);
      if (where.getAuthority().equals(first.getAuthority())) {
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
      }
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      Optional<String> next = answer.headers().firstValue("location");
      if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
        return answer;
      }
      answer.body().close();
      where = resolve(where, next.get());
    }
    throw new IOException(first + ": the registry sends one on more than " + REDIRECTS_MAX);
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

  private static URI secure(URI where) throws IOException {
    boolean local = "http".equals(where.getScheme()) && Loopback.is(where.getAuthority());
    if (!local && !"https".equals(where.getScheme())) {
      throw new IOException(where + ": not asked, since it is no https address");
    }
    return where;
  }

  private String askForToken(HttpResponse<InputStream> refusal)
      throws IOException, InterruptedException {
    String challenge = refusal.headers().firstValue("www-authenticate").orElse("");
    BearerChallenge asked =
        BearerChallenge.parse(challenge)
            .orElseThrow(
                () -> new IOException("the registry wants a way of logging in that is not known"));
    StringBuilder where = new StringBuilder(asked.realm());
    char separator = asked.realm().indexOf('?') < 0 ? '?' : '&';
    for (var parameter : asked.parameters().entrySet()) {
      where
          .append(separator)
          .append(parameter.getKey())
          .append('=')
          .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    URI realm;
    try {
      realm = URI.create(where.toString());
    } catch (IllegalArgumentException e) {
      throw new IOException("the registry names no address that gives tokens", e);
    }
    if (realm.getAuthority() == null) {
      throw new IOException("the registry names no address that gives tokens");
    }
    JsonNode answer = json.readTree(document(realm, "application/json"));
    String secret = answer.path("token").asText(answer.path("access_token").asText(""));
    if (secret.isEmpty() || !secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IOException(realm.getAuthority() + " gives no token for it");
    }
    return secret;
  }
}
