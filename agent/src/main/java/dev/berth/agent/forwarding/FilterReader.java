package dev.berth.agent.forwarding;

import dev.berth.agent.port.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks at the packet filters of a host, and changes them.
final class FilterReader {
  private static final int REASON_MAX = 200;

  private final HostCommands commands;
  private final Path net;

  /// @param net where the kernel shows the network: /proc/self/net
  FilterReader(HostCommands commands, Path net) {
    this.commands = commands;
    this.net = net;
  }

  /// All of them; none on a host without iptables.
  List<FilterState> look() throws InterruptedException {
    List<FilterState> states = new ArrayList<>();
    for (FilterProgram program : FilterProgram.find(commands)) {
      states.add(look(program));
    }
    return states;
  }

  private FilterState look(FilterProgram program) throws InterruptedException {
    if (program.flavour() == FilterProgram.Flavour.LEGACY && !isInUse(program.tablesFile())) {
      return new FilterState.Unused(program);
    }
    try {
      HostCommands.Output output = commands.run(List.of(program.name(), "-w", "5", "-S"));
      return output.isGood()
          ? new FilterState.Seen(program, FilterTable.parse(output.text()))
          : new FilterState.Hidden(program, shortened(output.text()));
    } catch (IOException e) {
      return new FilterState.Hidden(program, String.valueOf(e.getMessage()));
    }
  }

  private boolean isInUse(String file) {
    try {
      return Files.readAllLines(net.resolve(file)).contains("filter");
    } catch (IOException _) {
      return false;
    }
  }

  private static String shortened(String text) {
    String line = text.lines().findFirst().orElse("it failed");
    return line.substring(0, Math.min(REASON_MAX, line.length()));
  }

  /// Makes one change.
  RanCommand change(FilterProgram program, FilterChange change) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of(program.name(), "-w", "5"));
    words.addAll(change.arguments());
    return RanCommand.run(commands, words);
  }

  /// The command of a change, as a person would type it.
  static String command(FilterProgram program, FilterChange change) {
    List<String> words = new ArrayList<>(List.of(program.name()));
    words.addAll(change.arguments());
    return RanCommand.typed(words);
  }
}
