package dev.berth.controller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/// Identities of controllers: made once, kept in the data directory.
final class ControllerIds {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 8;
  private static final Pattern FORM = Pattern.compile("[a-z0-9]{" + LENGTH + "}");

  private ControllerIds() {}

  /// The identity of the controller whose data directory it is.
  static String of(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve("controller-id");
    if (!Files.exists(file)) {
      Path fresh = dataDirectory.resolve(".controller-id.new");
      Files.writeString(fresh, random() + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    String id = Files.readString(file).strip();
    if (!FORM.matcher(id).matches()) {
      throw new IOException(
          file + ": holds no controller's id (expected: " + LENGTH + " of a-z and 0-9)");
    }
    return id;
  }

  private static String random() {
    SecureRandom random = new SecureRandom();
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
