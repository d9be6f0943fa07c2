package dev.berth.client;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file cannot be used, for people. The JDK's own message is often the file's name and
/// nothing else.
public final class FileTrouble {
  private FileTrouble() {}

  /// Why, without the file's name.
  public static String why(Exception trouble) {
    return switch (trouble) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "it is there already";
      case NotDirectoryException _ -> "it is no directory";
      case DirectoryNotEmptyException _ -> "the directory is not empty";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case CharacterCodingException _ -> "it is no text in UTF-8";
      default -> trouble.getMessage() == null ? trouble.toString() : trouble.getMessage();
    };
  }

  /// Why, behind the file's name where the trouble says which file it is about.
  public static String words(Exception trouble) {
    return trouble instanceof FileSystemException about && about.getFile() != null
        ? about.getFile() + ": " + why(trouble)
        : why(trouble);
  }
}
