package dev.berth.agent.session;

import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.NodeDescription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Keeps what a session brings, as words.
final class RecordingListener implements SessionListener {
  final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  final BlockingQueue<Long> contacts = new LinkedBlockingQueue<>();

  volatile boolean needsContact;

  String next() throws InterruptedException {
    String next = heard.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was heard");
    }
    return next;
  }

  long nextContact() throws InterruptedException {
    Long next = contacts.poll(30, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("there was no contact");
    }
    return next;
  }

  @Override
  public NodeDescription description() {
    return NodeDescription.newBuilder().setAddress("10.0.0.1").build();
  }

  @Override
  public List<InstanceReport> instances() {
    return List.of(
        InstanceReport.newBuilder()
            .setInstanceId("known")
            .setStatus(InstanceStatus.newBuilder().setState(InstanceState.INSTANCE_STATE_RUNNING))
            .build());
  }

  @Override
  public boolean needsContact() {
    return needsContact;
  }

  @Override
  public void opened(long epoch, Duration lostTimeout, Duration fenceTimeout) {
    heard.add("opened " + epoch);
  }

  @Override
  public void contact(long sentMillis) {
    contacts.add(sentMillis);
  }

  @Override
  public void complete(AssignmentSet set, long arrivedNanos) {
    heard.add("set " + set.getRevision());
  }

  @Override
  public void changed(AssignmentChange change, long arrivedNanos) {
    heard.add("change " + change.getResultsIn());
  }

  @Override
  public void closed() {
    heard.add("closed");
  }
}
