package dev.berth.agent.image;

import java.io.IOException;
import java.io.InputStream;

/// Where images named by a URL come from.
public interface ImageSource {
  /// A fetch that was begun.
  ///
  /// @param content the image
  /// @param bytes how many there will be; 0: not known
  record Opened(InputStream content, long bytes) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  /// Begins to fetch.
  ///
  /// @throws IOException when it is not there, or whoever has it cannot be reached
  Opened open(String url) throws IOException, InterruptedException;
}
