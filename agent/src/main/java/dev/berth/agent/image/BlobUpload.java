package dev.berth.agent.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;

/// Brings content to a registry in pieces. What the registry has already is not sent.
///
/// @param registry where to
/// @param image whose content it is
record BlobUpload(RegistryClient registry, ImageReference image) {
  private static final int PIECE_BYTES = 16 << 20;

  /// A piece that is not taken within this time ends it: 55 KiB/s are the least.
  private static final Duration PIECE_LIMIT = Duration.ofMinutes(5);

  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;
  private static final int NOT_FOUND = 404;

  /// What is brought.
  interface Content {
    long bytes();

    /// The bytes from a place on.
    InputStream from(long offset) throws IOException;
  }

  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public long bytes() {
        return bytes.length;
      }

      @Override
      public InputStream from(long offset) {
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
      }
    };
  }

  static Content of(Path file, long bytes) {
    return new Content() {
      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public InputStream from(long offset) throws IOException {
        return Channels.newInputStream(FileChannel.open(file).position(offset));
      }
    };
  }

  /// Returns when the registry has it.
  ///
  /// @param digest SHA-256, 64 lower-case hexadecimal digits
  void run(String digest, Content content, ImageProgress progress)
      throws IOException, InterruptedException {
    URI blob = image.blob(RegistryManifest.PREFIX + digest);
    int there = registry.send(registry.request(blob, ANSWER_LIMIT).HEAD(), OK, NOT_FOUND).status();
    if (there == OK) {
      return;
    }
    RegistryClient.Said begun =
        registry.send(
            registry
                .request(image.uploads(), ANSWER_LIMIT)
                .POST(HttpRequest.BodyPublishers.noBody()),
            ACCEPTED);
    URI where = begun.location(image.uploads());
    long total = content.bytes();
    long sent = 0;
    while (sent < total) {
      int length = (int) Math.min(PIECE_BYTES, total - sent);
      where = registry.send(piece(where, content, sent, length), ACCEPTED).location(where);
      sent += length;
      progress.fetched(sent, total);
    }
    URI end = with(where, "digest=" + RegistryManifest.PREFIX + digest);
    registry.send(
        registry.request(end, PIECE_LIMIT).PUT(HttpRequest.BodyPublishers.noBody()), CREATED);
  }

  private HttpRequest.Builder piece(URI where, Content content, long offset, int length)
      throws IOException {
    return registry
        .request(where, PIECE_LIMIT)
        .header("Content-Type", "application/octet-stream")
        .header("Content-Range", offset + "-" + (offset + length - 1))
        .method("PATCH", new PieceBody(content, offset, length).publisher());
  }

  private static URI with(URI where, String parameter) {
    return URI.create(where + (where.getRawQuery() == null ? "?" : "&") + parameter);
  }
}
