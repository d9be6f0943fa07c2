package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.agent.instance.VirtualClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.InstanceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryReturnTest {
  private final VirtualClock clock = new VirtualClock();
  private final AtomicInteger collections = new AtomicInteger();
  private final List<String> heard = new ArrayList<>();
  private final MemoryReturn memory = new MemoryReturn(clock, collections::incrementAndGet);
  private final AgentPorts.Reports reports =
      memory.noticing(
          new AgentPorts.Reports() {
            @Override
            public void report(String instanceId, InstanceStatus status) {
              heard.add("report " + instanceId);
            }

            @Override
            public void forget(String instanceId) {
              heard.add("forget " + instanceId);
            }
          });

  private void pass(long by) {
    clock.advance(by);
    memory.look();
  }

  @Test
  void collectsOnceWhenABurstIsOver() {
    reports.report("a", InstanceStatus.getDefaultInstance());
    pass(MemoryReturn.QUIET_MILLIS - 1);
    reports.report("b", InstanceStatus.getDefaultInstance());
    pass(MemoryReturn.QUIET_MILLIS - 1);
    assertEquals(0, collections.get());
    pass(1);
    pass(MemoryReturn.QUIET_MILLIS);
    assertEquals(1, collections.get());
  }

  @Test
  void leavesAnAgentAloneInWhichNothingHappens() {
    pass(10 * MemoryReturn.QUIET_MILLIS);
    reports.forget("a");
    pass(10 * MemoryReturn.QUIET_MILLIS);
    assertEquals(0, collections.get());
  }

  @Test
  void theEndOfAStreamIsWorkToo() {
    List<Runnable> started = new ArrayList<>();
    memory
        .noticing((Threads) (task, name) -> started.add(task))
        .start(
            () -> {
              throw new IllegalStateException("it broke off");
            },
            "stream");
    pass(10 * MemoryReturn.QUIET_MILLIS);
    assertEquals(0, collections.get());
    assertThrows(IllegalStateException.class, started.getFirst()::run);
    pass(MemoryReturn.QUIET_MILLIS);
    assertEquals(1, collections.get());
  }

  @Test
  void handsEverythingOn() {
    reports.report("a", InstanceStatus.getDefaultInstance());
    reports.forget("a");
    assertEquals(List.of("report a", "forget a"), heard);
  }
}
