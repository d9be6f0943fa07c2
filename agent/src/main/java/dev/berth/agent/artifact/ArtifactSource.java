package dev.berth.agent.artifact;

import dev.berth.agent.image.ImageSource;
import dev.berth.agent.image.RefusedSourceException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    return new Opened(new Bounded(opened.content()), opened.bytes());
  }

  private static Opened file(Path file) throws IOException {
    // A pipe or a device might never end.
    if (!Files.isRegularFile(file)) {
      throw new RefusedSourceException("this node has no such regular file; put it there");
    }
    return new Opened(Files.newInputStream(file), Files.size(file));
  }

  private RefusedSourceException tooLarge() {
    return new RefusedSourceException("it is larger than " + maxBytes + " bytes");
  }

  /// Ends with an error where there is too much: not every server says how much there will be.
  private final class Bounded extends FilterInputStream {
    private long left = maxBytes;

    Bounded(InputStream content) {
      super(content);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      left -= Math.max(0, read);
      if (left < 0) {
        throw tooLarge();
      }
      return read;
    }
  }
}
