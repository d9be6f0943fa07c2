package dev.berth.agent.seed;

/// A file's entry in both directories of the image.
///
/// @param name the name that guests see
/// @param plainName the name that ISO 9660 alone allows, eight characters and three, with a version
/// @param sector first sector of the content
/// @param bytes length of the content
record IsoFile(String name, String plainName, int sector, int bytes) {}
