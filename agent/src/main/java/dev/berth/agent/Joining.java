package dev.berth.agent;

import dev.berth.agent.AgentConfig.ConfigException;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.security.Enrolment;
import dev.berth.agent.security.JoinToken;
import dev.berth.agent.security.Membership;
import dev.berth.agent.security.NodeCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes sure that this host has joined: with the certificate that it has, or with a token.
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
  private static final long RETRY_MIN_MILLIS = 200;
  private static final long RETRY_MAX_MILLIS = 10_000;

  private final AgentConfig config;
  private final NodeCredentials credentials;
  private final AgentClock clock;

  Joining(AgentConfig config, NodeCredentials credentials, AgentClock clock) {
    this.config = config;
    this.credentials = credentials;
    this.clock = clock;
  }

  /// Which cluster this host belongs to; joins when it belongs to none, waiting for a controller.
  Membership membership()
      throws IOException, ConfigException, Enrolment.Refused, InterruptedException {
    Optional<Membership> known = credentials.membership();
    if (known.isEmpty()) {
      return join("this host has not joined a cluster");
    }
    if (!known.get().node().equals(config.node())) {
      throw new ConfigException(
          "--node: value: \""
              + config.node()
              + "\" (expected: \""
              + known.get().node()
              + "\", as which this host has joined)");
    }
    X509Certificate certificate = credentials.identity().chain().getFirst();
    if (certificate.getNotAfter().toInstant().isBefore(clock.wall())) {
      return join("the certificate of this node ended at " + certificate.getNotAfter().toInstant());
    }
    return known.get();
  }

  private Membership join(String why)
      throws IOException, ConfigException, Enrolment.Refused, InterruptedException {
    Optional<Path> tokenFile = config.cluster().tokenFile();
    if (tokenFile.isEmpty() || config.cluster().joinAddresses().isEmpty()) {
      throw new ConfigException(
          why
              + ": give --join-address=host:port and --token-file=F with a token that"
              + " `berth token create` prints");
    }
    JoinToken token = token(tokenFile.get());
    long wait = RETRY_MIN_MILLIS;
    while (true) {
      try {
        Membership joined =
            new Enrolment(credentials).join(config.cluster().joinAddresses(), token, config.node());
        LOG.info("joined cluster {} as node {}", joined.clusterUid(), joined.node());
        return joined;
      } catch (IOException e) {
        LOG.warn("{}; tried again soon", e.getMessage());
        clock.sleep(ThreadLocalRandom.current().nextLong(wait + 1));
        wait = Math.min(RETRY_MAX_MILLIS, 2 * wait);
      }
    }
  }

  private static JoinToken token(Path file) throws IOException, ConfigException {
    try {
      return JoinToken.parse(Files.readString(file).strip());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--token-file: " + file + ": " + e.getMessage());
    }
  }
}
