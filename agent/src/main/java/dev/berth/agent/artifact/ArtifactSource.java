package dev.berth.agent.artifact;

import dev.berth.agent.image.ImageSource;
import dev.berth.agent.image.MeteredInput;
import dev.berth.agent.image.RefusedSourceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where artifacts come from: servers, and files of the node; up to a size.
///
/// @param servers fetches http and https URLs
/// @param maxBytes the most that one may have
record ArtifactSource(ImageSource servers, long maxBytes) implements ImageSource {
  private static final String FILE = "file:";

  @Override
  public Opened open(String url) throws IOException, InterruptedException {
    Opened opened = url.startsWith(FILE) ? file(Path.of(URI.create(url))) : servers.open(url);
    if (opened.bytes() > maxBytes) {
      opened.close();
      throw tooLarge();
    }
    return new Opened(new MeteredInput(opened.content(), this::bound), opened.bytes());
  }

  private static Opened file(Path file) throws IOException {
    // A pipe or a device might never end.
    if (!Files.isRegularFile(file)) {
      throw new RefusedSourceException("this node has no such regular file; put it there");
    }
    return new Opened(Files.newInputStream(file), Files.size(file));
  }

  /// Not every server says how much there will be.
  private void bound(long bytes) throws RefusedSourceException {
    if (bytes > maxBytes) {
      throw tooLarge();
    }
  }

  private RefusedSourceException tooLarge() {
    return new RefusedSourceException("it is larger than " + maxBytes + " bytes");
  }
}
