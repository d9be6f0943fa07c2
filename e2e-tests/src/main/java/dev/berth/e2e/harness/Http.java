package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Plain HTTP, as curl would do it.
public final class Http {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private Http() {}

  /// The body of an answer with status 200.
  ///
  /// @throws UncheckedIOException when there is no such answer within 5 s
  public static String get(String url) {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new UncheckedIOException(
            new IOException(url + " answered " + response.statusCode() + ": " + response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(url + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
