package dev.berth.client.stack;

import com.google.protobuf.ByteString;
import dev.berth.spec.VmImages;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessSpec;
import java.util.List;
import java.util.Map;

/// The fields of what is placed for a process before it starts.
final class PlacedFileFields {
  private PlacedFileFields() {}

  static List<Field<ProcessSpec.Builder, ?>> placed() {
    return List.of(
        new Field<>(
            "files",
            "files",
            "Files by path below the instance's own directory, BERTH_DIR, at most 64, together at"
                + " most 256 KiB; placed before the first start, over the artifacts.",
            new MapShape<>(file(), "[^/].*", _ -> null, true, 64),
            PlacedFileFields::setFiles),
        new Field<>(
            "artifacts",
            "artifacts",
            "What to fetch and place in the instance's own directory, at most 16, in this order.",
            new ListShape<>(artifact(), "a list of artifacts", 16),
            (process, artifacts) -> artifacts.forEach(process::addArtifacts)));
  }

  private static ObjectShape<ProcessFile.Builder> file() {
    return new ObjectShape<>(
        ProcessFile::newBuilder,
        List.of(
            new Field<>(
                "content",
                "content",
                "What is in it, as UTF-8.",
                Scalars.text("text", _ -> null),
                (file, text) -> file.setContent(ByteString.copyFromUtf8(text))),
            new Field<>(
                "mode",
                "mode",
                "Its mode bits in octal, such as \"0755\"; \"0644\" unless said.",
                Scalars.word(),
                ProcessFile.Builder::setMode)),
        List.of("content"),
        List.of(),
        Map.of());
  }

  private static ObjectShape<ProcessArtifact.Builder> artifact() {
    return new ObjectShape<>(
        ProcessArtifact::newBuilder,
        List.of(
            new Field<>(
                "url",
                "url",
                "http or https URL, or a file URL, which names a file of the node.",
                Scalars.text("a URL", _ -> null),
                ProcessArtifact.Builder::setUrl),
            new Field<>(
                "sha256",
                "sha256",
                "SHA-256 of what the URL has, which must match.",
                Scalars.name("64 hexadecimal digits", VmFields.DIGEST, VmImages::digestProblem),
                ProcessArtifact.Builder::setSha256),
            new Field<>(
                "path",
                "path",
                "Where below the instance's directory: the file, or of an archive the directory,"
                    + " which is the instance's unless said.",
                Scalars.text("a relative path", _ -> null),
                ProcessArtifact.Builder::setPath),
            new Field<>(
                "unpack",
                "unpack",
                "What kind of archive it is: none (the default), tar, tar.gz or zip.",
                Scalars.choice(
                    Scalars.words(
                        List.of("none", "tar", "tar.gz", "zip"),
                        List.of(
                            ArtifactUnpack.ARTIFACT_UNPACK_NONE,
                            ArtifactUnpack.ARTIFACT_UNPACK_TAR,
                            ArtifactUnpack.ARTIFACT_UNPACK_TAR_GZ,
                            ArtifactUnpack.ARTIFACT_UNPACK_ZIP))),
                ProcessArtifact.Builder::setUnpack),
            new Field<>(
                "executable",
                "executable",
                "Makes the file executable; an archive says it of its files itself.",
                Scalars.bool(),
                ProcessArtifact.Builder::setExecutable)),
        List.of("url", "sha256"),
        List.of(),
        Map.of());
  }

  private static void setFiles(
      ProcessSpec.Builder process, Map<String, ProcessFile.Builder> files) {
    files.forEach((path, file) -> process.addFiles(file.setPath(path)));
  }
}
