package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.ProcessArtifact;
import java.net.URI;
import java.net.URISyntaxException;

/// `--artifact URL#sha256=DIGEST[,path=PATH][,unpack[=KIND]][,executable]`. No server is told what
/// is behind the `#`, so that nothing of a URL can be taken for ours.
final class ArtifactArgument {
  private static final String OPTION = "--artifact";
  private static final String FORM =
      "URL#sha256=DIGEST[,path=PATH][,unpack[=tar|tar.gz|zip]][,executable]";

  private final String text;
  private final ProcessArtifact.Builder artifact;

  private ArtifactArgument(String text, String url) {
    this.text = text;
    this.artifact = ProcessArtifact.newBuilder().setUrl(url);
  }

  static ProcessArtifact parse(String text) {
    int hash = text.lastIndexOf('#');
    if (hash < 0) {
      throw RunSpec.wrong(OPTION, text, FORM);
    }
    ArtifactArgument argument = new ArtifactArgument(text, text.substring(0, hash));
    for (String setting : text.substring(hash + 1).split(",", -1)) {
      argument.set(setting);
    }
    return argument.whole();
  }

  private void set(String setting) {
    int equals = setting.indexOf('=');
    String value = setting.substring(equals + 1);
    switch (equals < 0 ? setting : setting.substring(0, equals + 1)) {
      case "sha256=" -> artifact.setSha256(value);
      case "path=" -> artifact.setPath(value);
      case "unpack=" -> artifact.setUnpack(kind(value));
      case "unpack" -> artifact.setUnpack(kind(ending()));
      case "executable" -> artifact.setExecutable(true);
      default -> throw RunSpec.wrong(OPTION, text, FORM);
    }
  }

  private ProcessArtifact whole() {
    if (artifact.getSha256().isEmpty()) {
      throw RunSpec.wrong(OPTION, text, FORM + "; sha256sum says what a file has");
    }
    boolean isFile = artifact.getUnpack() == ArtifactUnpack.ARTIFACT_UNPACK_UNSPECIFIED;
    if (isFile && artifact.getPath().isEmpty()) {
      artifact.setPath(name());
    }
    return artifact.build();
  }

  private ArtifactUnpack kind(String word) {
    return switch (word) {
      case "tar" -> ArtifactUnpack.ARTIFACT_UNPACK_TAR;
      case "tar.gz" -> ArtifactUnpack.ARTIFACT_UNPACK_TAR_GZ;
      case "zip" -> ArtifactUnpack.ARTIFACT_UNPACK_ZIP;
      default ->
          throw FailureException.usage(
              OPTION + ": " + artifact.getUrl() + ": unpack: expected: =tar, =tar.gz or =zip");
    };
  }

  /// The kind of archive that the URL's name speaks of.
  private String ending() {
    String name = name();
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return "tar.gz";
    }
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private String name() {
    try {
      String path = new URI(artifact.getUrl()).getPath();
      return path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
    } catch (URISyntaxException _) {
      return ""; // the rules of the spec say what is wrong
    }
  }
}
