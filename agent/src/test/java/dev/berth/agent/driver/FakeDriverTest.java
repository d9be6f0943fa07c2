package dev.berth.agent.driver;

import dev.berth.v1.AssignedInstance;
import java.time.InstantSource;

/// The fake driver, too, does what every driver does: tests on top of it mean something.
final class FakeDriverTest implements RuntimeDriverContractTest {
  private static final Owner OWNER = new Owner("cluster-1", "node-1");

  @Override
  public Fixture fixture() {
    FakeRuntime runtime = new FakeRuntime(InstantSource.system());
    return new Fixture() {
      private int last;

      @Override
      public RuntimeDriver driver() {
        return new FakeDriver(runtime, OWNER);
      }

      @Override
      public RuntimeDriver again() {
        return new FakeDriver(runtime, OWNER);
      }

      @Override
      public RuntimeDriver ofAnotherNode() {
        return new FakeDriver(runtime, new Owner("cluster-1", "node-2"));
      }

      @Override
      public AssignedInstance thatRuns() {
        return next("runs");
      }

      @Override
      public AssignedInstance thatEndsWith(int exitCode) {
        return next("ends:" + exitCode);
      }

      @Override
      public AssignedInstance thatCannotBePrepared() {
        return next("never");
      }

      @Override
      public void close() {}

      private AssignedInstance next(String image) {
        last++;
        return Assigned.container("web", last, image);
      }
    };
  }
}
