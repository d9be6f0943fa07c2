package dev.berth.controller.rpc;

import dev.berth.v1.Image;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.Network;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumeRemoval;

/// What is heard of one node that was asked about what it keeps, or about itself.
sealed interface NodeNews {
  /// It is being asked.
  record Begun() implements NodeNews {}

  /// How far it is.
  record Progress(ImportProgress progress) implements NodeNews {}

  /// An image that it has, or had.
  record Found(Image image) implements NodeNews {}

  /// What a removal of images did.
  record Removed(ImageRemoval removal) implements NodeNews {}

  /// A volume that it has, or had.
  record HasVolume(Volume volume) implements NodeNews {}

  /// What a removal of volumes did.
  record RemovedVolumes(VolumeRemoval removal) implements NodeNews {}

  /// A network that it has, or had.
  record HasNetwork(Network network) implements NodeNews {}

  /// What it found when it looked at itself.
  record Examined(NodeExamination examination) implements NodeNews {}

  /// It has done what was asked; the last news.
  record Done() implements NodeNews {}

  /// It has not; the last news.
  record Failed(ImageFailure failure) implements NodeNews {}
}
