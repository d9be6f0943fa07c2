package dev.berth.agent.doctor;

import dev.berth.v1.DriverDescription;
import java.util.List;
import java.util.Optional;

/// Whether the Docker daemon answers, and why not.
final class DockerCheck implements Check {
  static final String NAME = "docker";

  private static final String START = "systemctl start docker";
  // What containers of Berth are made with is older; what is older still has no security updates.
  private static final int MAJOR_MIN = 20;

  @Override
  public List<Finding> of(Observations seen) {
    Optional<DriverDescription> driver = seen.driver(NAME);
    if (driver.isEmpty()) {
      return List.of(Finding.skipped(NAME, "this agent runs no containers"));
    }
    return List.of(
        driver.get().getAvailable()
            ? available(driver.get().getVersion())
            : away(seen, driver.get().getMessage()));
  }

  private static Finding available(String version) {
    String major = version.split("\\.", 2)[0];
    boolean old = major.matches("[0-9]{1,4}") && Integer.parseInt(major) < MAJOR_MIN;
    return old
        ? Finding.warning(
            NAME,
            "the daemon answers; version " + version + " (expected: 20.10 or later)",
            "apt-get install docker.io")
        : Finding.ok(NAME, "the daemon answers; version " + version);
  }

  private static Finding away(Observations seen, String message) {
    Observations.Socket socket = seen.docker();
    if (!socket.exists()) {
      String what = "there is no socket " + socket.path();
      return seen.isAvailable(LibvirtCheck.NAME)
          ? Finding.skipped(NAME, what + ": this host runs virtual machines only")
          : Finding.problem(NAME, what + ", so no daemon runs or it listens elsewhere", START);
    }
    if (!socket.opens()) {
      return Finding.problem(
          NAME,
          socket.path() + " may not be opened by the agent's user",
          "usermod -aG docker " + seen.user());
    }
    return Finding.problem(NAME, message, "systemctl restart docker");
  }
}
