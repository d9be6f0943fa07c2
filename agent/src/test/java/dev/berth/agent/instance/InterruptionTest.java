package dev.berth.agent.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.agent.driver.DriverException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class InterruptionTest {
  private final Interruption interruption = new Interruption();
  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void endsACallThatBeganBeforeTheNews() throws Exception {
    CompletableFuture<String> call = call();
    began.await();
    interruption.interrupt(() -> true);
    ExecutionException failed = assertThrows(ExecutionException.class, call::get);
    assertInstanceOf(DriverException.class, failed.getCause());
  }

  @Test
  void leavesACallThatBeganWithTheNewsAlone() throws Exception {
    CompletableFuture<String> call = call();
    began.await();
    interruption.interrupt(() -> false);
    goOn.countDown();
    assertEquals("done", call.get());
  }

  @Test
  void hitsNothingThatFollowsACall() throws Exception {
    goOn.countDown();
    assertEquals("done", call().get());
    interruption.interrupt(() -> true);
    assertFalse(Thread.currentThread().isInterrupted());
  }

  private CompletableFuture<String> call() {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(
                    interruption.open(
                        () -> {
                          began.countDown();
                          goOn.await();
                          return "done";
                        }));
              } catch (DriverException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }
}
