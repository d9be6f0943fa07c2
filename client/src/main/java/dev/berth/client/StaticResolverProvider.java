package dev.berth.client;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Knows targets of the form `berth:///host:port,host:port`.
final class StaticResolverProvider extends NameResolverProvider {
  private static final String SCHEME = "berth";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new StaticResolverProvider());
  }

  private StaticResolverProvider() {}

  /// The target that means these addresses.
  static String target(List<ControllerAddress> addresses) {
    StringBuilder target = new StringBuilder(SCHEME).append(":///");
    for (ControllerAddress address : addresses) {
      target.append(address.toString().replace("[", "%5B").replace("]", "%5D")).append(',');
    }
    return target.substring(0, target.length() - 1);
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
    if (!SCHEME.equals(target.getScheme())) {
      return null;
    }
    List<ControllerAddress> addresses = ControllerAddress.parseList(target.getPath().substring(1));
    return new StaticResolver(addresses, arguments.getOffloadExecutor());
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  /// Below DNS (5), so that targets without a scheme stay what they are for others.
  @Override
  protected int priority() {
    return 1;
  }
}
