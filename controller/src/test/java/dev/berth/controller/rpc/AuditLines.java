package dev.berth.controller.rpc;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// What the audit log says from now on.
final class AuditLines extends Handler implements AutoCloseable {
  private final Logger log = Logger.getLogger("dev.berth.audit");
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final SimpleFormatter formatter = new SimpleFormatter();

  private AuditLines() {}

  static AuditLines listen() {
    AuditLines made = new AuditLines();
    made.log.addHandler(made);
    return made;
  }

  /// The next line; waits for it.
  String next() throws InterruptedException {
    return String.valueOf(lines.poll(60, TimeUnit.SECONDS));
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(formatter.formatMessage(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    log.removeHandler(this);
  }
}
