package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What lies in a container, through its daemon, which looks at the whole of it from inside: no
/// link leads out.
///
/// @param api of the daemon
/// @param containerId full id
record ContainerArchive(DockerApi api, String containerId) {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int MOST_ERROR_BYTES = 4 << 10;
  private static final String STAT = "X-Docker-Container-Path-Stat";
  // Go's bits for what a file is.
  private static final long DIRECTORY = 1L << 31;
  private static final long LINK = 1L << 27;
  private static final long OTHER = (1L << 26) | (1L << 25) | (1L << 24) | (1L << 21) | (1L << 19);

  PathStat stat(String path) throws DriverException {
    try (DaemonStream answer = api.stream("HEAD", target(path), "", ANSWER_LIMIT)) {
      String said = answer.header(STAT);
      if (answer.status() != 200 || said.isEmpty()) {
        // An answer to HEAD has no words.
        throw refusal(answer.status(), path, "the daemon answered " + answer.status());
      }
      return read(said);
    }
  }

  private static PathStat read(String said) throws DriverException {
    try {
      JsonNode stat = new ObjectMapper().readTree(Base64.getDecoder().decode(said));
      long mode = stat.path("mode").asLong();
      PathStat.Builder found =
          PathStat.newBuilder()
              .setName(stat.path("name").asText())
              .setSizeBytes(Math.max(0, stat.path("size").asLong()));
      if ((mode & LINK) != 0) {
        found.setKind(PathKind.PATH_KIND_LINK).setLinkTarget(stat.path("linkTarget").asText(""));
      } else if ((mode & DIRECTORY) != 0) {
        found.setKind(PathKind.PATH_KIND_DIRECTORY);
      } else {
        boolean other = (mode & OTHER) != 0;
        found.setKind(other ? PathKind.PATH_KIND_OTHER : PathKind.PATH_KIND_FILE);
      }
      return found.build();
    } catch (IOException | IllegalArgumentException e) {
      throw DriverException.retryable("BadAnswer", "docker said nonsense of a path", e);
    }
  }

  CopyCapable.Archive open(String path) throws DriverException {
    DaemonStream answer = api.stream("GET", target(path), "", ANSWER_LIMIT);
    boolean good = false;
    try {
      if (answer.status() != 200) {
        throw refusal(answer.status(), path, words(answer));
      }
      answer.silence(Duration.ZERO);
      good = true;
      return new CopyCapable.Archive() {
        @Override
        public InputStream bytes() {
          return answer.body();
        }

        @Override
        public void close() {
          answer.close();
        }
      };
    } finally {
      if (!good) {
        answer.close();
      }
    }
  }

  void write(String directory, InputStream archive) throws DriverException, IOException {
    String target = target(directory) + "&noOverwriteDirNonDir=true";
    Source source = new Source(archive);
    try (DaemonStream answer = api.upload("PUT", target, source, ANSWER_LIMIT)) {
      if (answer.status() != 200) {
        throw refusal(answer.status(), directory, words(answer));
      }
    } catch (DriverException e) {
      // The daemon then only sees a request that was cut off.
      if (source.failure != null) {
        throw source.failure;
      }
      throw e;
    }
  }

  private String target(String path) {
    return "/containers/"
        + containerId
        + "/archive?path="
        + URLEncoder.encode(path, StandardCharsets.UTF_8);
  }

  private static String words(DaemonStream answer) {
    try {
      byte[] bytes = answer.body().readNBytes(MOST_ERROR_BYTES);
      return Refusals.words(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException _) {
      return "the daemon answered " + answer.status();
    }
  }

  private static DriverException refusal(int status, String path, String words) {
    return status == 404
        ? DriverException.permanent(
            CopyCapable.NO_SUCH_PATH, "there is nothing at " + path + " in it", null)
        : DriverException.permanent("CopyFailed", path + ": " + words, null);
  }

  /// Remembers whose fault it was.
  private static final class Source extends FilterInputStream {
    @Nullable IOException failure;

    Source(InputStream from) {
      super(from);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
