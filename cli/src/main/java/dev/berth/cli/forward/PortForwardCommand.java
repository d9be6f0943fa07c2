package dev.berth.cli.forward;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.OneInstance;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.OpenForward;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth port-forward`.
@Command(
    name = "port-forward",
    description = "Lets ports of this host, on loopback alone, lead to ports of an instance.",
    footer = {
      "Ports of a container need not be published. Stays until Ctrl-C:",
      "  berth port-forward web 8080:80"
    })
public final class PortForwardCommand extends ClusterVerb {
  private static final int CONNECTIONS_WAITING_MAX = 128;

  @Parameters(
      index = "0",
      paramLabel = "INSTANCE",
      description = "Slot or id, or a workload that has one slot.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "[LOCAL:]PORT",
      description = "Port here, the same unless given, any free one when empty; and port there.")
  private List<String> ports = new ArrayList<>();

  /// @param terminal where it reads and writes
  public PortForwardCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    Target.requireGrammar(name);
    ports.forEach(ForwardRule::parse);
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    String instance = OneInstance.find(cluster, name);
    List<ServerSocketChannel> open = new ArrayList<>();
    try {
      for (String port : ports) {
        ForwardRule rule = ForwardRule.parse(port);
        ServerSocketChannel listener = listen(rule);
        open.add(listener);
        OpenForward target =
            OpenForward.newBuilder()
                .setNamespace(cluster.namespace())
                .setInstance(instance)
                .setPort(rule.target())
                .build();
        terminal().out().println(address(listener) + " -> " + instance + ":" + rule.target());
        var _ =
            Thread.ofVirtual()
                .name("forward-" + rule.target())
                .start(() -> accept(listener, cluster, target));
      }
      terminal().flush();
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    } finally {
      for (ServerSocketChannel each : open) {
        each.close();
      }
    }
  }

  private static ServerSocketChannel listen(ForwardRule rule) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), rule.local());
    try {
      return listener.bind(address, CONNECTIONS_WAITING_MAX);
    } catch (IOException e) {
      listener.close();
      throw new FailureException(
          ExitCode.FAILURE,
          "port %d of this host: %s; name another, as in %d:%d or :%d"
              .formatted(
                  rule.local(),
                  e.getMessage(),
                  Math.min(65_535, rule.local() + 8000),
                  rule.target(),
                  rule.target()),
          e);
    }
  }

  private static String address(ServerSocketChannel listener) throws IOException {
    InetSocketAddress at = (InetSocketAddress) listener.getLocalAddress();
    return at.getAddress().getHostAddress() + ":" + at.getPort();
  }

  private void accept(ServerSocketChannel listener, Cluster cluster, OpenForward target) {
    try {
      while (true) {
        SocketChannel connection = listener.accept();
        var _ =
            Thread.ofVirtual()
                .name("forward-connection")
                .start(() -> carry(connection, cluster, target));
      }
    } catch (ClosedChannelException _) {
      return; // the command ends
    } catch (IOException e) {
      terminal().say("berth: no more connections are taken: " + e.getMessage());
    }
  }

  private void carry(SocketChannel connection, Cluster cluster, OpenForward target) {
    try {
      new ForwardedConnection(connection, cluster.exec(), target).carry();
    } catch (StatusRuntimeException e) {
      String said = e.getStatus().getDescription();
      terminal()
          .say(
              "berth: a connection to port %d: %s"
                  .formatted(
                      target.getPort(), said == null ? Refusals.describe(e, cluster) : said));
    } catch (IOException _) {
      return; // whoever connected has gone
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
