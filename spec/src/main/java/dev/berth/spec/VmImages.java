package dev.berth.spec;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What names the image of a virtual machine: a name of the node's image store, or a URL.
public final class VmImages {
  private static final int MAX = 512;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private VmImages() {}

  /// True for an image that is fetched from where it says.
  public static boolean isUrl(String image) {
    return image.startsWith("http://") || image.startsWith("https://");
  }

  /// Null when it is good: an image reference as for containers, or an http or https URL without
  /// user name and fragment, of 1 to 512 characters.
  public static @Nullable String problem(String image) {
    if (!isUrl(image)) {
      return Names.imageProblem(image);
    }
    if (image.length() > MAX) {
      return "length: " + image.length() + " (expected: 1 to " + MAX + " characters)";
    }
    try {
      URI url = new URI(image);
      if (url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null) {
        return null;
      }
    } catch (URISyntaxException _) {
      // said below
    }
    return "value: "
        + Printable.quote(image)
        + " (expected: a URL such as \"https://example.org/debian-12.qcow2\", without user name)";
  }

  /// Null when it is good: a SHA-256, 64 lower-case hexadecimal digits.
  public static @Nullable String digestProblem(String digest) {
    return DIGEST.matcher(digest).matches()
        ? null
        : "value: " + Printable.quote(digest) + " (expected: 64 lower-case hexadecimal digits)";
  }
}
