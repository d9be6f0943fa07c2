package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ExecEnded;
import dev.berth.v1.Image;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.Network;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.PathStat;
import dev.berth.v1.StreamDone;
import dev.berth.v1.UsageSample;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumeRemoval;

/// What can be said on one attached stream, each as the message that it is.
interface StreamOutput {
  /// Sends a message as soon as the other end takes it.
  ///
  /// @return false when the other end has gone away
  boolean write(AttachStreamRequest message) throws InterruptedException;

  /// The same for a piece of output.
  default boolean write(LogChunk chunk) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setLog(chunk).build());
  }

  /// The same for output of which nothing is known but its bytes.
  default boolean write(ByteString data) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setData(data).build());
  }

  /// The same for what a program wrote to one of its outputs.
  default boolean writeProgram(LogChunk chunk) throws InterruptedException {
    return chunk.getSource() == LogSource.LOG_SOURCE_STDERR
        ? writeErrorData(chunk.getData())
        : write(chunk.getData());
  }

  /// The same for what a program wrote to its standard error.
  default boolean writeErrorData(ByteString data) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setErrorData(data).build());
  }

  /// The same for how a command ended.
  default boolean writeExecEnded(int exitCode) throws InterruptedException {
    return write(
        AttachStreamRequest.newBuilder()
            .setExecEnded(ExecEnded.newBuilder().setExitCode(exitCode))
            .build());
  }

  /// The same for an image of the node.
  default boolean write(Image image) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setImage(image).build());
  }

  /// The same for what a removal of images did.
  default boolean write(ImageRemoval removal) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setImageRemoval(removal).build());
  }

  /// The same for a volume of the node.
  default boolean write(Volume volume) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setVolume(volume).build());
  }

  /// The same for what a removal of volumes did.
  default boolean write(VolumeRemoval removal) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setVolumeRemoval(removal).build());
  }

  /// The same for a network of the node.
  default boolean write(Network network) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setNetwork(network).build());
  }

  /// The same for a snapshot of an instance.
  default boolean write(VmSnapshot snapshot) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setVmSnapshot(snapshot).build());
  }

  /// The same for what the node found when it looked at itself.
  default boolean write(NodeExamination examination) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setExamination(examination).build());
  }

  /// The same for what an instance uses.
  default boolean write(UsageSample sample) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setUsage(sample).build());
  }

  /// The same for the processes of an instance.
  default boolean write(ListProcessesResponse processes) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setProcesses(processes).build());
  }

  /// The same for what is at a path of an instance.
  default boolean write(PathStat stat) throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setPathStat(stat).build());
  }

  /// The same for the word that what was asked for is done.
  default boolean writeDone() throws InterruptedException {
    return write(AttachStreamRequest.newBuilder().setDone(StreamDone.getDefaultInstance()).build());
  }
}
