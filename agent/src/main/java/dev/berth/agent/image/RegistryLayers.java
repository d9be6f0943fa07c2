package dev.berth.agent.image;

import java.io.IOException;
import java.util.List;

/// The layers of containers' images in registries. A layer is opened by the image's reference with
/// the layer's digest in place of its tag.
public final class RegistryLayers implements ImageSource {
  /// An image.
  ///
  /// @param digest SHA-256 of its manifest for this host, 64 lower-case hexadecimal digits
  /// @param layers from the lowest to the one that covers the others
  public record Image(String digest, List<Layer> layers) {}

  /// One of its layers, a tar archive.
  ///
  /// @param where by what it is opened
  /// @param digest SHA-256 of what is sent, 64 lower-case hexadecimal digits
  /// @param isZipped whether it is compressed by gzip
  public record Layer(String where, String digest, boolean isZipped) {}

  /// What an image consists of at this moment.
  ///
  /// @param text a reference with the registry's host
  public Image find(String text) throws IOException, InterruptedException {
    ImageReference reference = ImageReference.parse(text);
    RegistryManifest manifest =
        RegistryManifest.read(
            RegistryAccess.anonymous().to(reference), reference, RegistryManifest.architecture());
    int end = text.indexOf('@') < 0 ? text.length() : text.indexOf('@');
    return new Image(
        manifest.digest(),
        manifest.layers().stream()
            .map(
                layer ->
                    new Layer(
                        text.substring(0, end) + "@" + RegistryManifest.PREFIX + layer.digest(),
                        layer.digest(),
                        layer.isZipped()))
            .toList());
  }

  @Override
  public Opened open(String where) throws IOException, InterruptedException {
    ImageReference layer = ImageReference.parse(where);
    return new Opened(RegistryAccess.anonymous().to(layer).stream(layer.blob(layer.version())), 0);
  }
}
