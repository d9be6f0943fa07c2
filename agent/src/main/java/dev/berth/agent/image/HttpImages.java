package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Images from http and https servers. What is fetched is checked by its digest, whoever sent it.
public final class HttpImages implements ImageSource {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int OK = 200;

  @Override
  public Opened open(String url) throws IOException, InterruptedException {
    // One for each fetch: fetches are rare, and a client keeps threads.
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpResponse<InputStream> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_LIMIT).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != OK) {
      answer.body().close();
      throw new IOException("the server answered " + answer.statusCode());
    }
    return new Opened(answer.body(), answer.headers().firstValueAsLong("content-length").orElse(0));
  }
}
