package dev.berth.spec;

import dev.berth.v1.ImageImportSpec;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What images may be called, and how their import is asked for.
public final class ImageRules {
  /// Bytes of the largest piece of content in one message.
  public static final int PIECE_MAX = 256 << 10;

  /// Most nodes that one call names.
  public static final int NODES_MAX = 1000;

  /// What docker's configuration calls Docker Hub.
  public static final String DOCKER_HUB = "https://index.docker.io/v1/";

  private static final long CONTENT_MAX = 64L << 40;
  private static final int PREFIX_MIN = 6;
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{" + PREFIX_MIN + ",64}");

  // A part that is a host, and not the first of a path: as registries' clients tell them apart.
  private static final Pattern WITH_HOST =
      Pattern.compile("(?:localhost|[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)+|[^/]+:[0-9]{1,5})/.+");

  private ImageRules() {}

  /// Everything that is wrong with an import; paths are below it: `sha256`.
  public static List<Violation> validate(ImageImportSpec spec) {
    Findings findings = new Findings();
    findings.check("name", nameProblem(spec.getName()));
    boolean needed = !spec.hasReference();
    if (needed || !spec.getSha256().isEmpty()) {
      findings.check("sha256", VmImages.digestProblem(spec.getSha256()));
    }
    switch (spec.getSourceCase()) {
      case CONTENT_BYTES -> {
        long bytes = spec.getContentBytes();
        if (bytes < 1 || bytes > CONTENT_MAX) {
          findings.add(
              "content_bytes",
              "value: %s (expected: 1 to %d)".formatted(Long.toUnsignedString(bytes), CONTENT_MAX));
        }
      }
      case URL -> findings.check("url", urlProblem(spec.getUrl()));
      case REFERENCE -> findings.check("reference", referenceProblem(spec.getReference()));
      case SOURCE_NOT_SET ->
          findings.add("source", "not set (expected: content_bytes, url or reference)");
    }
    return findings.asList();
  }

  /// Null when an image can be stored under this name: an image reference, no URL.
  public static @Nullable String nameProblem(String name) {
    return VmImages.isUrl(name)
        ? "value: " + Printable.quote(name) + " (expected: a name such as \"debian-12\", no URL)"
        : VmImages.problem(name);
  }

  /// Null when it can name an image of a store: a name, or the beginning of a digest.
  public static @Nullable String lookupProblem(String image) {
    return isDigestPrefix(image) ? null : nameProblem(image);
  }

  /// Null when it can be the name of an image that nobody has yet: a reference without digest.
  public static @Nullable String tagProblem(String image) {
    String problem = Names.imageProblem(image);
    return problem == null && image.indexOf('@') >= 0
        ? "value: " + Printable.quote(image) + " (expected: a name and a tag, without digest)"
        : problem;
  }

  /// Whether it may be the beginning of a SHA-256: 6 to 64 lower-case hexadecimal digits.
  public static boolean isDigestPrefix(String text) {
    return PREFIX.matcher(text).matches();
  }

  /// Null when it names an image of a registry together with the registry's host.
  public static @Nullable String referenceProblem(String reference) {
    String problem = Names.imageProblem(reference);
    if (problem != null) {
      return problem;
    }
    return WITH_HOST.matcher(reference).matches()
        ? null
        : "value: "
            + Printable.quote(reference)
            + " (expected: with the registry's host, such as \"registry.example/team/disk:1\")";
  }

  /// What docker's configuration calls the registry of an image: its host, with a port where one
  /// was named, or Docker Hub's address.
  public static String registryOf(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
    return !isHost || first.equals("docker.io") || first.equals("index.docker.io")
        ? DOCKER_HUB
        : first;
  }

  private static @Nullable String urlProblem(String url) {
    return VmImages.isUrl(url)
        ? VmImages.problem(url)
        : "value: " + Printable.quote(url) + " (expected: an http or https URL)";
  }
}
