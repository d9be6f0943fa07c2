package dev.berth.spec;

import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The bounds of what is placed for a process before it starts.
///
/// @param path of the process
/// @param findings what is wrong
record PlacedFileRules(String path, Findings findings) {
  private static final int FILES_MAX = 64;
  private static final int ARTIFACTS_MAX = 16;
  private static final int CONTENT_BYTES_MAX = 256 * 1024;
  private static final int URL_MAX = 2048;
  private static final Pattern MODE = Pattern.compile("0*[0-7]{3}");

  /// Whether a process has a directory of its own.
  static boolean hasAny(ProcessSpec process) {
    return process.getFilesCount() > 0 || process.getArtifactsCount() > 0;
  }

  void check(ProcessSpec process) {
    Set<String> places = new HashSet<>();
    files(process.getFilesList(), places);
    List<ProcessArtifact> artifacts = process.getArtifactsList();
    findings.count(path + ".artifacts", artifacts.size(), ARTIFACTS_MAX, "artifacts");
    for (int i = 0; i < artifacts.size(); i++) {
      artifact(path + ".artifacts[" + i + "]", artifacts.get(i), places);
    }
  }

  private void files(List<ProcessFile> files, Set<String> places) {
    findings.count(path + ".files", files.size(), FILES_MAX, "files");
    long bytes = 0;
    for (int i = 0; i < files.size(); i++) {
      ProcessFile file = files.get(i);
      String where = path + ".files[" + i + "]";
      place(where, file.getPath(), places);
      if (!file.getMode().isEmpty() && !MODE.matcher(file.getMode()).matches()) {
        wrong(where + ".mode", file.getMode(), "3 octal digits such as 0755");
      }
      bytes += file.getContent().size();
    }
    if (bytes > CONTENT_BYTES_MAX) {
      findings.add(
          path + ".files",
          "size: "
              + bytes
              + " bytes (expected: at most "
              + CONTENT_BYTES_MAX
              + " together; make what is larger an artifact)");
    }
  }

  private void artifact(String where, ProcessArtifact artifact, Set<String> places) {
    findings.check(where + ".url", urlProblem(artifact.getUrl()));
    findings.check(where + ".sha256", VmImages.digestProblem(artifact.getSha256()));
    boolean isArchive =
        switch (artifact.getUnpack()) {
          case ARTIFACT_UNPACK_TAR, ARTIFACT_UNPACK_TAR_GZ, ARTIFACT_UNPACK_ZIP -> true;
          case ARTIFACT_UNPACK_UNSPECIFIED, ARTIFACT_UNPACK_NONE, UNRECOGNIZED -> false;
        };
    if (artifact.getUnpack() == ArtifactUnpack.UNRECOGNIZED) {
      wrong(where + ".unpack", "" + artifact.getUnpackValue(), "none, tar, tar.gz or zip");
    }
    if (!isArchive) {
      place(where, artifact.getPath(), places);
    } else if (!artifact.getPath().isEmpty()) {
      findings.check(where + ".path", Paths.relativeProblem(artifact.getPath()));
    }
    if (isArchive && artifact.getExecutable()) {
      wrong(where + ".executable", "true", "false: an archive says it of each of its files");
    }
  }

  private void place(String where, String place, Set<String> places) {
    String problem = Paths.relativeProblem(place);
    if (problem == null && !places.add(place)) {
      wrong(where + ".path", place, "a path given once");
    }
    findings.check(where + ".path", problem);
  }

  private static @Nullable String urlProblem(String text) {
    if (text.isEmpty() || text.length() > URL_MAX) {
      return "length: " + text.length() + " (expected: 1 to " + URL_MAX + " characters)";
    }
    try {
      URI url = new URI(text);
      boolean good =
          text.startsWith("file:///")
              ? url.getRawQuery() == null && url.getPath().indexOf('\0') < 0
              : VmImages.isUrl(text) && url.getHost() != null && url.getUserInfo() == null;
      if (good && url.getRawFragment() == null) {
        return null;
      }
    } catch (URISyntaxException _) {
      // said below
    }
    return "value: "
        + Printable.quote(text)
        + " (expected: an http, https or file URL such as \"https://example.org/app.tar.gz\" or"
        + " \"file:///srv/app\", without user name and fragment)";
  }

  private void wrong(String where, String value, String expected) {
    findings.add(where, "value: " + Printable.quote(value) + " (expected: " + expected + ")");
  }
}
