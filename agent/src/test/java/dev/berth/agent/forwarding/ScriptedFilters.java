package dev.berth.agent.forwarding;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A host whose packet filters are texts, as their programs print them; what is added and deleted
/// is seen from then on.
public final class ScriptedFilters implements HostCommands {
  /// As iptables-nft 1.8.9 printed it on a host with Docker 20.10, from which it was recorded.
  public static final String NFT =
      """
      # Warning: iptables-legacy tables present, use iptables-legacy to see them
      -P INPUT ACCEPT
      -P FORWARD DROP
      -P OUTPUT ACCEPT
      -N DOCKER
      -N DOCKER-ISOLATION-STAGE-1
      -N DOCKER-ISOLATION-STAGE-2
      -N DOCKER-USER
      -A FORWARD -j DOCKER-USER
      -A FORWARD -j DOCKER-ISOLATION-STAGE-1
      -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -o docker0 -j DOCKER
      -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      -A FORWARD -i docker0 -o docker0 -j ACCEPT
      -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
      -A DOCKER-ISOLATION-STAGE-1 -j RETURN
      -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
      -A DOCKER-ISOLATION-STAGE-2 -j RETURN
      -A DOCKER-USER -j RETURN
      """;

  /// In the form of iptables-legacy 1.8.9, written by hand: the chains that libvirt makes for its
  /// network "default", and a policy of an operator's.
  public static final String LEGACY =
      """
      -P INPUT ACCEPT
      -P FORWARD DROP
      -P OUTPUT ACCEPT
      -N LIBVIRT_FWI
      -N LIBVIRT_FWO
      -N LIBVIRT_FWX
      -A FORWARD -j LIBVIRT_FWX
      -A FORWARD -j LIBVIRT_FWI
      -A FORWARD -j LIBVIRT_FWO
      -A LIBVIRT_FWI -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
      -A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
      -A LIBVIRT_FWO -i virbr0 -j REJECT --reject-with icmp-port-unreachable
      -A LIBVIRT_FWX -i virbr0 -o virbr0 -j ACCEPT
      """;

  private final SortedMap<String, List<String>> lines = new TreeMap<>();
  private String version = "iptables v1.8.9 (nf_tables)";
  private final List<String> changes = new ArrayList<>();

  /// The same with one more filter.
  public ScriptedFilters with(String program, String text) {
    lines.put(program, new ArrayList<>(text.lines().toList()));
    return this;
  }

  /// The same with programs that say this of themselves.
  public ScriptedFilters version(String text) {
    version = text;
    return this;
  }

  /// What a filter's program prints now.
  public List<String> lines(String program) {
    return lines.getOrDefault(program, List.of());
  }

  /// Every command that was to change something.
  public List<String> changes() {
    return changes;
  }

  @Override
  public boolean has(String program) {
    return lines.containsKey(program);
  }

  @Override
  public Output run(List<String> words) throws IOException {
    List<String> text = lines.get(words.getFirst());
    if (text == null) {
      throw new IOException(words.getFirst() + " is not there");
    }
    if (words.getLast().equals("-S")) {
      return new Output(0, String.join("\n", text));
    }
    if (words.getLast().equals("--version")) {
      return new Output(0, version);
    }
    changes.add(String.join(" ", words));
    String chain = words.get(4);
    boolean placed = words.get(3).equals("-I");
    String rule =
        "-A " + chain + " " + String.join(" ", words.subList(placed ? 6 : 5, words.size()));
    List<String> prefix =
        text.stream().filter(line -> line.startsWith("-A " + chain + " ")).toList();
    int first = prefix.isEmpty() ? text.size() : text.indexOf(prefix.getFirst());
    switch (words.get(3)) {
      case "-I" -> text.add(first + Integer.parseInt(words.get(5)) - 1, rule);
      case "-A" -> text.add(first + prefix.size(), rule);
      default -> {
        return new Output(text.remove(rule) ? 0 : 1, "");
      }
    }
    return new Output(0, "");
  }
}
