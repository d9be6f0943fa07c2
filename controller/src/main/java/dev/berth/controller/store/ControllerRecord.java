package dev.berth.controller.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.berth.store.v1.StoredController;
import io.etcd.jetcd.ByteSequence;
import java.time.Instant;
import java.util.Optional;

/// A controller as the others see it.
///
/// @param id 8 lower-case letters and digits
/// @param address where its API is dialled, "host:port"
/// @param version of its program
/// @param since when it began to lead, or to run
public record ControllerRecord(String id, String address, String version, Instant since) {
  /// One that cannot be dialled.
  static final ControllerRecord NAMELESS =
      new ControllerRecord("", "", "unreleased", Instant.EPOCH);

  ControllerRecord at(Instant moment) {
    return new ControllerRecord(id, address, version, moment);
  }

  ByteSequence encode() {
    return ByteSequence.from(
        StoredController.newBuilder()
            .setId(id)
            .setAddress(address)
            .setVersion(version)
            .setSince(
                Timestamp.newBuilder().setSeconds(since.getEpochSecond()).setNanos(since.getNano()))
            .build()
            .toByteString());
  }

  /// Reads a stored record; empty when another version of Berth wrote something else there.
  static Optional<ControllerRecord> decode(ByteSequence value) {
    try {
      StoredController stored = StoredController.parseFrom(value.getBytes());
      return Optional.of(
          new ControllerRecord(
              stored.getId(),
              stored.getAddress(),
              stored.getVersion(),
              Instant.ofEpochSecond(stored.getSince().getSeconds(), stored.getSince().getNanos())));
    } catch (InvalidProtocolBufferException _) {
      return Optional.empty();
    }
  }
}
