package dev.berth.cli.verb;

import com.google.protobuf.Timestamp;
import dev.berth.cli.term.Ages;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.StateTransition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// An instance in words.
///
/// @param now what ages count to
public record InstanceText(Instant now) {
  private static final String STATE_PREFIX = "INSTANCE_STATE_";
  private static final String HEALTH_PREFIX = "HEALTH_";

  /// The image without the digest that stands beside its tag.
  static String image(Instance instance) {
    String image = instance.getImage();
    int at = image.indexOf("@sha256:");
    boolean tagged = at > 0 && image.lastIndexOf(':', at) > image.lastIndexOf('/', at);
    return tagged ? image.substring(0, at) : image;
  }

  /// `RUNNING 5m`, `RUNNING restart 2 in 12s (RestartBackOff, exit 1)`, `PENDING 8s (why)`.
  public String state(Instance instance) {
    InstanceStatus status = instance.getStatus();
    StringBuilder text = new StringBuilder(stateName(status.getState()));
    if (status.hasNextRestartTime()) {
      text.append(" restart ").append(status.getRestarts() + 1);
      text.append(" in ").append(Ages.until(status.getNextRestartTime(), now));
    } else {
      text.append(' ').append(Ages.since(entered(instance), now));
    }
    List<String> details = new ArrayList<>();
    boolean waits = status.getState() == InstanceState.INSTANCE_STATE_PENDING;
    String why = waits && !status.getMessage().isEmpty() ? status.getMessage() : status.getReason();
    if (!why.isEmpty()) {
      details.add(why);
    }
    if (status.getPaused()) {
      details.add("paused");
    }
    if (status.hasPull() && status.getState() == InstanceState.INSTANCE_STATE_PREPARING) {
      details.add(PullText.of(status.getPull()));
    }
    boolean ended = status.getState().getNumber() > InstanceState.INSTANCE_STATE_STOPPING_VALUE;
    if (status.hasExitCode() && (ended || status.hasNextRestartTime())) {
      details.add("exit " + status.getExitCode());
    }
    if (status.getHealth() == dev.berth.v1.Health.HEALTH_UNHEALTHY) {
      details.add("unhealthy");
    }
    return details.isEmpty()
        ? text.toString()
        : text.append(" (").append(String.join(", ", details)).append(')').toString();
  }

  /// `0.0.0.0:20000->80/tcp`, several with commas.
  public String ports(Instance instance) {
    List<String> ports = new ArrayList<>();
    for (PortBinding port : instance.getPortsList()) {
      String protocol = port.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP ? "udp" : "tcp";
      ports.add(outside(port) + "->" + port.getTarget() + "/" + protocol);
    }
    return String.join(", ", ports);
  }

  /// Where a port is on the node: `0.0.0.0:20000`.
  static String outside(PortBinding port) {
    String address = port.getHostAddress().isEmpty() ? "0.0.0.0" : port.getHostAddress();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + port.getHostPort();
  }

  public String health(Instance instance) {
    String name = instance.getStatus().getHealth().name();
    return name.equals("HEALTH_UNSPECIFIED") ? "-" : name.substring(HEALTH_PREFIX.length());
  }

  public String exitCode(Instance instance) {
    return instance.getStatus().hasExitCode()
        ? Integer.toString(instance.getStatus().getExitCode())
        : "-";
  }

  public String created(Instance instance) {
    return Ages.since(instance.getCreateTime(), now);
  }

  public static String stateName(InstanceState state) {
    return state == InstanceState.UNRECOGNIZED || state == InstanceState.INSTANCE_STATE_UNSPECIFIED
        ? "UNKNOWN"
        : state.name().substring(STATE_PREFIX.length());
  }

  /// When it entered its state; when it was made, if that is not known.
  public static Timestamp entered(Instance instance) {
    InstanceStatus status = instance.getStatus();
    if (status.getState() == InstanceState.INSTANCE_STATE_RUNNING && status.hasStartTime()) {
      return status.getStartTime();
    }
    for (StateTransition transition : status.getTransitionsList().reversed()) {
      if (transition.getState() == status.getState()) {
        return transition.getTime();
      }
    }
    return instance.getCreateTime();
  }
}
