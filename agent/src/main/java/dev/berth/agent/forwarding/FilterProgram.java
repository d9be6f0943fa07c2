package dev.berth.agent.forwarding;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A program that shows and changes one packet filter of the kernel. A host may have several at
/// once, and what one of them drops no other can let through.
///
/// @param name what a person types
/// @param flavour which part of the kernel it speaks to
/// @param ipv6 whether it is about IPv6; else about IPv4
public record FilterProgram(String name, Flavour flavour, boolean ipv6) {
  /// Which part of the kernel filters.
  public enum Flavour {
    /// nf_tables.
    NFT,
    /// ip_tables and ip6_tables.
    LEGACY
  }

  /// The programs that there are.
  public static List<FilterProgram> find(HostCommands commands) throws InterruptedException {
    List<FilterProgram> found = new ArrayList<>();
    for (boolean ipv6 : new boolean[] {false, true}) {
      String plain = ipv6 ? "ip6tables" : "iptables";
      List<FilterProgram> both = new ArrayList<>();
      for (Flavour flavour : Flavour.values()) {
        String name = plain + (flavour == Flavour.NFT ? "-nft" : "-legacy");
        if (commands.has(name)) {
          both.add(new FilterProgram(name, flavour, ipv6));
        }
      }
      if (both.isEmpty() && commands.has(plain)) {
        both.add(new FilterProgram(plain, flavour(commands, plain), ipv6));
      }
      found.addAll(both);
    }
    return List.copyOf(found);
  }

  /// "iptables v1.8.9 (nf_tables)", "iptables v1.8.9 (legacy)", "iptables v1.6.1".
  private static Flavour flavour(HostCommands commands, String name) throws InterruptedException {
    try {
      String version = commands.run(List.of(name, "--version")).text();
      return version.contains("nf_tables") ? Flavour.NFT : Flavour.LEGACY;
    } catch (IOException _) {
      return Flavour.LEGACY; // which is only asked when the kernel says that it is in use
    }
  }

  /// The file below /proc/self/net that says which of the kernel's old tables are in use.
  String tablesFile() {
    return ipv6 ? "ip6_tables_names" : "ip_tables_names";
  }
}
