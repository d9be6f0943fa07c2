package dev.berth.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// One channel over the controllers of a cluster. A connection goes to the first of them that
/// answers; when that one cannot serve, the next call goes to the leader that it named, or to the
/// next in turn. Calls that may be repeated are, so that a change of the leader is not seen.
final class FailoverChannel extends Channel {
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("berth-leader", Metadata.ASCII_STRING_MARSHALLER);

  private final List<ControllerAddress> addresses;
  private final IntFunction<ManagedChannel> opener;
  private final @Nullable ManagedChannel[] channels;
  private final ConnectionNotices notices;
  private final RetryBudget budget = new RetryBudget();
  private final AtomicInteger current = new AtomicInteger();
  private boolean closed;

  /// @param opener makes the channel that dials from this address on, the others after it
  FailoverChannel(
      List<ControllerAddress> addresses,
      IntFunction<ManagedChannel> opener,
      ConnectionNotices notices) {
    this.addresses = List.copyOf(addresses);
    this.opener = opener;
    this.channels = new ManagedChannel[addresses.size()];
    this.notices = notices;
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return switch (method.getType()) {
      case UNARY, SERVER_STREAMING -> new PatientCall<>(this, method, options);
      case CLIENT_STREAMING, BIDI_STREAMING, UNKNOWN -> attempt(method, options);
    };
  }

  @Override
  public String authority() {
    return addresses.getFirst().toString();
  }

  <Q, A> ClientCall<Q, A> attempt(MethodDescriptor<Q, A> method, CallOptions options) {
    return channel(Math.floorMod(current.get(), addresses.size())).newCall(method, options);
  }

  /// Turns to another controller after one that could not serve.
  void turn(Metadata trailers) {
    String leader = trailers.get(LEADER);
    int named = -1;
    for (int i = 0; leader != null && i < addresses.size(); i++) {
      named = addresses.get(i).toString().equals(leader) ? i : named;
    }
    if (named >= 0) {
      current.set(named);
    } else {
      current.incrementAndGet();
    }
    // The next attempt is not to wait for what an earlier connection failed of.
    channel(Math.floorMod(current.get(), addresses.size())).resetConnectBackoff();
  }

  boolean several() {
    return addresses.size() > 1;
  }

  RetryBudget budget() {
    return budget;
  }

  ConnectionNotices notices() {
    return notices;
  }

  private synchronized ManagedChannel channel(int index) {
    ManagedChannel channel = channels[index];
    if (channel == null) {
      channel = opener.apply(index);
      channels[index] = channel;
      if (closed) {
        channel.shutdownNow();
      }
    }
    return channel;
  }

  /// Those that were opened.
  synchronized List<ManagedChannel> opened() {
    List<ManagedChannel> opened = new ArrayList<>();
    for (ManagedChannel channel : channels) {
      if (channel != null) {
        opened.add(channel);
      }
    }
    return opened;
  }

  synchronized void close() {
    closed = true;
    opened().forEach(ManagedChannel::shutdownNow);
  }
}
