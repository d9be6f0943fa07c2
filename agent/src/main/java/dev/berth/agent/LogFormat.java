package dev.berth.agent;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How the agent logs: to standard error, one line each, unless the JVM was given a configuration.
final class LogFormat {
  private static final String FORMAT = "java.util.logging.SimpleFormatter.format";
  private static final Logger ROOT = Logger.getLogger("");

  /// Tells of every attempt to reach a daemon that is away; the driver says it once.
  private static final Logger DOCKER_CLIENT = Logger.getLogger("com.github.dockerjava");

  private LogFormat() {}

  static void install() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    if (System.getProperty(FORMAT) == null) {
      System.setProperty(FORMAT, "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n");
    }
    for (java.util.logging.Handler handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    ROOT.addHandler(new ConsoleHandler());
    ROOT.setLevel(Level.INFO);
    DOCKER_CLIENT.setLevel(Level.SEVERE);
  }
}
