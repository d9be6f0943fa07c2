package dev.berth.agent.image;

import java.nio.file.Path;

/// An image of the store.
///
/// @param digest SHA-256 of the file, 64 lower-case hexadecimal digits
/// @param file never written to
public record StoredImage(String digest, Path file) {}
