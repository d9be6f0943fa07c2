package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.api.model.VersionComponent;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Describes the daemon. What it is is asked once a minute, whether it answers each time.
final class RuntimeReport {
  private static final Duration LIMIT = Duration.ofMillis(4800);
  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

  private record Known(DriverReport report, long atNanos) {}

  private final DockerApi api;
  private volatile @Nullable Known known;

  RuntimeReport(DockerApi api) {
    this.api = api;
  }

  DriverReport now() {
    Known last = known;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try {
      if (last != null && System.nanoTime() - last.atNanos() < FRESH_NANOS) {
        var _ = api.call("ping", LIMIT, client -> client.pingCmd().exec());
        return last.report();
      }
      Info info = api.call("info", LIMIT, client -> client.infoCmd().exec());
      Version version = api.call("version", left(deadline), client -> client.versionCmd().exec());
      DriverReport report = available(info, version);
      known = new Known(report, System.nanoTime());
      return report;
    } catch (DriverException e) {
      known = null;
      return away(e.failure().message());
    } catch (DockerException e) {
      known = null;
      return away("docker cannot describe itself: " + Refusals.words(e));
    }
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private static DriverDescription.Builder description() {
    return DriverDescription.newBuilder()
        .setName(DockerDriver.NAME)
        .setKind(Kind.KIND_CONTAINER)
        .addCapabilities("logs")
        .addCapabilities("stats")
        .addCapabilities("pause")
        .addCapabilities("resize")
        .addCapabilities("exec")
        .addCapabilities("attach")
        .addCapabilities("forward")
        .addCapabilities("kill")
        .addCapabilities("signals")
        .addCapabilities("top")
        .addCapabilities("copy")
        .addCapabilities("commit")
        .addCapabilities("images")
        .addCapabilities("volumes")
        .addCapabilities("networks");
  }

  private static DriverReport away(String why) {
    return new DriverReport(description().setAvailable(false).setMessage(why).build(), List.of());
  }

  private static DriverReport available(@Nullable Info info, @Nullable Version version) {
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_CONTAINER_RUNTIME)
            .setName(DockerDriver.NAME);
    String daemon = version == null ? null : version.getVersion();
    if (daemon == null && info != null) {
      daemon = info.getServerVersion();
    }
    String shown = daemon == null ? "" : daemon;
    layer.setVersion(shown);
    if (info != null) {
      put(layer, "storage_driver", info.getDriver());
      put(layer, "cgroup_driver", info.getCGroupDriver());
      put(layer, "cgroup_version", info.getCGroupVersion());
      put(layer, "logging_driver", info.getLoggingDriver());
      put(layer, "root_directory", info.getDockerRootDir());
      put(layer, "operating_system", info.getOperatingSystem());
      put(layer, "security_options", securityOptions(info.getSecurityOptions()));
      if (info.getRuntimes() != null) {
        put(layer, "oci_runtimes", String.join(" ", new TreeSet<>(info.getRuntimes().keySet())));
      }
    }
    if (version != null) {
      put(layer, "api_version", version.getApiVersion());
      components(layer, version.getComponents());
    }
    return new DriverReport(
        description().setAvailable(true).setVersion(shown).build(), List.of(layer.build()));
  }

  /// "apparmor seccomp" of "name=apparmor" and "name=seccomp,profile=default".
  private static String securityOptions(@Nullable List<String> options) {
    return options == null
        ? ""
        : options.stream()
            .map(option -> option.split(",", 2)[0].replaceFirst("^name=", ""))
            .sorted()
            .collect(Collectors.joining(" "));
  }

  private static void components(Layer.Builder layer, @Nullable List<VersionComponent> components) {
    if (components == null) {
      return;
    }
    for (VersionComponent component : components) {
      String name = component.getName();
      if (name != null && !name.equals("Engine")) {
        String key = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_") + "_version";
        put(layer, key, component.getVersion());
      }
    }
  }

  private static void put(Layer.Builder layer, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      layer.putAttributes(name, value);
    }
  }
}
