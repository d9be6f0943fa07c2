package dev.berth.controller;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The names and addresses under which this machine is dialled.
final class LocalNames {
  private LocalNames() {}

  /// What the configuration says, loopback, the host's name, and, when listening on all addresses,
  /// those of all interfaces.
  static List<String> of(ControllerConfig.Listen listen) {
    Set<String> names = new LinkedHashSet<>(listen.advertise());
    names.addAll(List.of("localhost", "127.0.0.1", "::1"));
    boolean everywhere = false;
    for (InetSocketAddress address : List.of(listen.api(), listen.join())) {
      if (address.getAddress().isAnyLocalAddress()) {
        everywhere = true;
      } else {
        names.add(plain(address.getHostString()));
      }
    }
    try {
      names.add(InetAddress.getLocalHost().getHostName());
      if (everywhere) {
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(each -> !(each instanceof Inet6Address v6 && v6.isLinkLocalAddress()))
            .forEach(each -> names.add(plain(each.getHostAddress())));
      }
    } catch (IOException _) {
      // A host that does not know its own name is dialled by the others.
    }
    return List.copyOf(names);
  }

  /// Where others dial the API of this controller: the first name of the configuration, or where it
  /// listens, or, when that is everywhere, the host's name.
  static String dialled(ControllerConfig.Listen listen) {
    if (!listen.advertise().isEmpty()) {
      return listen.advertise().getFirst();
    }
    if (!listen.api().getAddress().isAnyLocalAddress()) {
      return listen.api().getHostString();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException _) {
      return "localhost";
    }
  }

  private static String plain(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
