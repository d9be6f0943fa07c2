package dev.berth.agent.forwarding;

import dev.berth.agent.driver.BridgeCapable;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.WakeUp;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the rules of machines beside Docker's: looks when a runtime comes back, since it may have
/// made its rules anew, when a machine changes, and now and then.
public final class ForwardingKeeper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardingKeeper.class);
  private static final long EVERY_MILLIS = 60_000;
  // Docker answers before it has made all of its rules.
  private static final long AGAIN_MILLIS = 2_000;

  private final Forwarding forwarding;
  private final AgentClock clock;
  private final WakeUp wanted;
  private String lastFailure = "";

  /// @param forwarding has the rules
  public ForwardingKeeper(Forwarding forwarding, AgentClock clock) {
    this.forwarding = forwarding;
    this.clock = clock;
    this.wanted = new WakeUp(clock);
  }

  /// A listener that tells another one everything, and makes this one look when it should.
  public RuntimeListener beside(RuntimeDriver driver, RuntimeListener listener) {
    boolean hasMachines = driver instanceof BridgeCapable;
    return new RuntimeListener() {
      @Override
      public void changed(Observation observation) {
        listener.changed(observation);
        if (hasMachines) {
          wanted.call();
        }
      }

      @Override
      public void interrupted(String reason) {
        listener.interrupted(reason);
      }

      @Override
      public void resumed() {
        listener.resumed();
        wanted.call();
      }
    };
  }

  /// Looks again and again, until interrupted.
  @Override
  public void run() {
    try {
      while (true) {
        look();
        boolean called = wanted.awaitUntil(clock.millis() + EVERY_MILLIS);
        if (called) {
          look();
          // Also so that many machines that start at once cost little.
          clock.sleep(AGAIN_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    List<RanCommand> ran = forwarding.mend(true);
    for (RanCommand command : ran) {
      if (command.isGood()) {
        LOG.info("packets of machines are let through beside Docker: {}", command.command());
        lastFailure = "";
      } else if (!command.toString().equals(lastFailure)) {
        lastFailure = command.toString();
        LOG.warn("packets of machines cannot be let through: {}", lastFailure);
      }
    }
  }
}
