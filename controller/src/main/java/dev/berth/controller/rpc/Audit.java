package dev.berth.controller.rpc;

import dev.berth.spec.Printable;
import dev.berth.v1.Instance;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log who reached into what runs, or changed what nodes keep. Never what was typed,
/// nor the environment.
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("dev.berth.audit");
  private static final int WORDS_MAX = 200;

  private Audit() {}

  /// Someone's command runs in an instance.
  static void exec(Instance instance, List<String> command) {
    say("exec", instance, String.join(" ", command));
  }

  /// Someone changes what nodes keep, or takes it from them.
  ///
  /// @param what "volume rm"
  /// @param name what it is called
  /// @param nodes as they were named; none: all that can
  static void nodes(String what, String name, List<String> nodes) {
    LOG.info(
        "{} by {}: {} on {}",
        what,
        Access.caller(),
        cut(name),
        nodes.isEmpty() ? "all nodes that can" : cut(String.join(", ", nodes)));
  }

  /// Someone changes who a namespace is to a registry. Never a secret.
  ///
  /// @param what "registry login"
  static void login(String what, String namespace, String server, String user) {
    LOG.info(
        "{} by {}: namespace {}, {}{}",
        what,
        Access.caller(),
        namespace,
        server,
        user.isEmpty() ? "" : " as " + Printable.escape(user));
  }

  /// Someone reaches an instance in another way.
  ///
  /// @param what "attach"
  static void say(String what, Instance instance, String detail) {
    LOG.info(
        "{} by {}: {}/{} ({}) on node {}{}",
        what,
        Access.caller(),
        instance.getNamespace(),
        instance.getName(),
        instance.getId(),
        instance.getNode(),
        detail.isEmpty() ? "" : ": " + cut(detail));
  }

  private static String cut(String text) {
    String words = Printable.escape(text);
    return words.length() > WORDS_MAX ? words.substring(0, WORDS_MAX) + "…" : words;
  }
}
