package dev.berth.cli.logs;

import dev.berth.cli.term.TerminalFilter;
import java.nio.charset.StandardCharsets;

/// The output of one instance on its way to the reader: whole lines with the slot before them, or
/// as it comes.
final class InstanceOutput {
  private final LogOutput output;
  private final Sink out;
  private final Sink err;

  InstanceOutput(LogOutput output, String slot, boolean prefixed) {
    this.output = output;
    this.out = prefixed ? lines(slot, false) : raw(false);
    this.err = prefixed ? lines(slot, true) : raw(true);
  }

  /// Takes what the program wrote.
  void accept(boolean error, byte[] bytes) {
    (error ? err : out).accept(bytes);
  }

  /// Nothing more comes.
  void finish() {
    out.finish();
    err.finish();
  }

  private interface Sink {
    void accept(byte[] bytes);

    void finish();
  }

  private Sink raw(boolean error) {
    TerminalFilter filter = new TerminalFilter();
    boolean filtered = output.isTerminal(error);
    return new Sink() {
      @Override
      public void accept(byte[] bytes) {
        byte[] shown = bytes;
        if (filtered) {
          shown = filter.accept(bytes, 0, bytes.length).getBytes(StandardCharsets.UTF_8);
        }
        output.write(error, shown, 0, shown.length);
      }

      @Override
      public void finish() {}
    };
  }

  private Sink lines(String slot, boolean error) {
    boolean filtered = output.isTerminal(error);
    LineSplitter splitter =
        new LineSplitter(
            line -> {
              String text = new String(line, StandardCharsets.UTF_8);
              String safe = filtered ? TerminalFilter.filtered(text) : text;
              byte[] whole = (output.prefix(slot) + safe + "\n").getBytes(StandardCharsets.UTF_8);
              output.write(error, whole, 0, whole.length);
            });
    return new Sink() {
      @Override
      public void accept(byte[] bytes) {
        splitter.accept(bytes);
      }

      @Override
      public void finish() {
        splitter.finish();
      }
    };
  }
}
