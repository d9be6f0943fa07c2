package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.ArtifactStore;
import dev.berth.agent.artifact.PlacedTree;
import dev.berth.agent.artifact.RefusedArchiveException;
import dev.berth.agent.artifact.Unpacking;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.image.ImageException;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.PullProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the work directories of instances.
///
/// @param artifacts fetches
record FilePlacer(ArtifactStore artifacts) {
  private static final Logger LOG = LoggerFactory.getLogger(FilePlacer.class);
  private static final int FILE_MODE = 0644;
  private static final int PROGRAM_MODE = 0755;

  /// Makes the work directory of an instance.
  ///
  /// @param user whose it is to be
  /// @throws DriverException permanent, when an artifact is not what was said or may not be placed
  void place(ProcessSpec spec, WorkDirectory work, LaunchScript.As user, PrepareListener listener)
      throws DriverException {
    try {
      List<Path> fetched = new ArrayList<>();
      for (int i = 0; i < spec.getArtifactsCount(); i++) {
        fetched.add(fetch(spec, i, listener));
      }
      Path directory = work.begin();
      fill(spec, fetched, directory);
      if (user.change()) {
        give(directory, user.user());
      }
      work.finish();
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? interrupted(e)
          : DriverException.retryable(
              "PlaceFailed", "its files cannot be placed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } finally {
      work.abandon();
    }
    requireStart(spec, work);
  }

  private Path fetch(ProcessSpec spec, int index, PrepareListener listener)
      throws DriverException, InterruptedException {
    ProcessArtifact artifact = spec.getArtifacts(index);
    try {
      return artifacts.fetch(
          artifact.getUrl(),
          artifact.getSha256(),
          (bytes, total) ->
              listener.pulling(
                  PullProgress.newBuilder()
                      .setCurrentBytes(bytes)
                      .setTotalBytes(total)
                      .setLayersDone(index)
                      .setLayersTotal(spec.getArtifactsCount())
                      .build()));
    } catch (ImageException e) {
      // The store says the same of images of machines.
      String reason = e.reason().replaceFirst("^Image", "Artifact");
      String message = "process.artifacts[" + index + "]: " + e.getMessage();
      throw e.mayPass()
          ? DriverException.retryable(reason, message, e)
          : DriverException.permanent(reason, message, e);
    }
  }

  private static void fill(ProcessSpec spec, List<Path> fetched, Path directory)
      throws DriverException, IOException, InterruptedException {
    PlacedTree tree = new PlacedTree(directory, PlacedTree.Bounds.USUAL);
    for (int i = 0; i < fetched.size(); i++) {
      try {
        place(spec.getArtifacts(i), fetched.get(i), tree);
      } catch (RefusedArchiveException e) {
        throw refused("artifacts[" + i + "]", e);
      }
    }
    for (int i = 0; i < spec.getFilesCount(); i++) {
      ProcessFile file = spec.getFiles(i);
      try {
        int mode = file.getMode().isEmpty() ? FILE_MODE : Integer.parseInt(file.getMode(), 8);
        tree.file(file.getPath(), file.getContent().newInput(), mode);
      } catch (RefusedArchiveException e) {
        throw refused("files[" + i + "]", e);
      }
    }
  }

  private static void place(ProcessArtifact artifact, Path fetched, PlacedTree tree)
      throws DriverException, IOException, InterruptedException {
    Unpacking unpacking = new Unpacking(artifact.getPath(), tree);
    switch (artifact.getUnpack()) {
      case ARTIFACT_UNPACK_TAR -> unpacking.tar(fetched, false);
      case ARTIFACT_UNPACK_TAR_GZ -> unpacking.tar(fetched, true);
      case ARTIFACT_UNPACK_ZIP -> unpacking.zip(fetched);
      case ARTIFACT_UNPACK_UNSPECIFIED, ARTIFACT_UNPACK_NONE -> {
        try (InputStream content = Files.newInputStream(fetched)) {
          tree.file(
              artifact.getPath(), content, artifact.getExecutable() ? PROGRAM_MODE : FILE_MODE);
        }
      }
      case UNRECOGNIZED ->
          throw DriverException.permanent(
              "ArtifactRefused",
              "this agent cannot unpack archives of kind "
                  + artifact.getUnpackValue()
                  + "; bring it up to date",
              null);
    }
  }

  private static void give(Path directory, ProcessUser user) throws IOException {
    int uid = Integer.parseUnsignedInt(user.uid());
    int gid = Integer.parseUnsignedInt(user.gid());
    var _ =
        Files.walkFileTree(
            directory,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                  throws IOException {
                own(file);
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
                  throws IOException {
                if (failure != null) {
                  throw failure;
                }
                // When all in it is done: from then on it is somebody else's.
                own(left);
                return FileVisitResult.CONTINUE;
              }

              private void own(Path file) throws IOException {
                Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
              }
            });
  }

  private static void requireStart(ProcessSpec spec, WorkDirectory work) throws DriverException {
    boolean inRoot = LaunchScript.isRooted(spec) && spec.getWorkingDir().startsWith("/");
    if (inRoot || Files.isDirectory(work.start(spec))) {
      return;
    }
    try {
      work.remove();
    } catch (IOException e) {
      LOG.debug("{}: goes at the next start: {}", work.path(), e.toString());
    }
    throw DriverException.permanent(
        "NoWorkingDirectory",
        "process.working_dir: "
            + spec.getWorkingDir()
            + " is no directory among what was placed; see the paths of files and artifacts",
        null);
  }

  private static DriverException refused(String where, RefusedArchiveException e) {
    return DriverException.permanent(
        "ArtifactRefused", "process." + where + ": " + e.getMessage(), e);
  }

  private static DriverException interrupted(Exception e) {
    return DriverException.retryable("Interrupted", "the preparation was interrupted", e);
  }
}
