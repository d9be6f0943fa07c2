package dev.berth.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Resolves to a fixed list of controllers. Each keeps its own authority, so that the certificate
/// is checked against the address that was dialled.
final class StaticResolver extends NameResolver {
  private final List<ControllerAddress> addresses;
  private final Executor offload;
  private @Nullable Listener2 listener;

  StaticResolver(List<ControllerAddress> addresses, @Nullable Executor offload) {
    this.addresses = addresses;
    this.offload = offload == null ? Runnable::run : offload;
  }

  @Override
  public String getServiceAuthority() {
    return addresses.getFirst().toString();
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    refresh();
  }

  @Override
  public void refresh() {
    Listener2 target = listener;
    if (target == null) {
      return;
    }
    if (addresses.stream().allMatch(StaticResolver::isLiteral)) {
      resolve(target);
    } else {
      offload.execute(() -> resolve(target));
    }
  }

  @Override
  public void shutdown() {}

  private void resolve(Listener2 target) {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    String problem = "";
    for (ControllerAddress address : addresses) {
      Attributes authority =
          Attributes.newBuilder()
              .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address.toString())
              .build();
      try {
        for (InetAddress ip : InetAddress.getAllByName(address.host())) {
          groups.add(
              new EquivalentAddressGroup(new InetSocketAddress(ip, address.port()), authority));
        }
      } catch (UnknownHostException _) {
        problem = "unknown host " + address.host();
      }
    }
    if (groups.isEmpty()) {
      target.onError(Status.UNAVAILABLE.withDescription(problem));
    } else {
      target.onResult(
          ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
    }
  }

  private static boolean isLiteral(ControllerAddress address) {
    return address.host().indexOf(':') >= 0 || address.host().matches("[0-9.]+");
  }
}
