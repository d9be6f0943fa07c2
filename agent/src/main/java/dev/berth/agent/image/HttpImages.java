package dev.berth.agent.image;

import dev.berth.client.WebTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/// Images from http and https servers. What is fetched is checked by its digest, whoever sent it.
public final class HttpImages implements ImageSource {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int TOO_SLOW = 408;
  private static final int TOO_OFTEN = 429;

  @Override
  public Opened open(String url) throws IOException, InterruptedException {
    // One for each fetch: fetches are rare, and a client keeps threads.
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .sslContext(everyones())
            .build();
    HttpResponse<InputStream> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_LIMIT).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != OK) {
      answer.body().close();
      String message = "the server answered " + answer.statusCode();
      throw isFinal(answer.statusCode())
          ? new RefusedSourceException(
              message + "; see the URL, and whether the server wants a login")
          : new IOException(message);
    }
    return new Opened(answer.body(), answer.headers().firstValueAsLong("content-length").orElse(0));
  }

  private static SSLContext everyones() throws IOException {
    try {
      return WebTrust.context(List.of());
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java's certificates cannot be used: " + e.getMessage(), e);
    }
  }

  /// Whether it is no use to ask again: it is our fault, and neither slowness nor haste.
  private static boolean isFinal(int status) {
    return status / 100 == 4 && status != TOO_SLOW && status != TOO_OFTEN;
  }
}
