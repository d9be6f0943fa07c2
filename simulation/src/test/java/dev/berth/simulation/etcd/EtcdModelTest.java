package dev.berth.simulation.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/// What cannot be compared with a real etcd in random requests: time, and a full disk.
class EtcdModelTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ByteString KEY = ByteString.copyFromUtf8("key");

  private long now;
  private final EtcdModel model = new EtcdModel(() -> now);

  private long putWithLease(long seconds) {
    long lease = model.grant(LeaseGrantRequest.newBuilder().setTTL(seconds).build()).getID();
    var _ = model.put(PutRequest.newBuilder().setKey(KEY).setLease(lease).build());
    return lease;
  }

  @Test
  void keyEndsWithItsLease() {
    long _ = putWithLease(5);
    now = 5 * SECOND - 1;
    model.expire();
    assertNotNull(model.get(KEY));
    now = 5 * SECOND;
    model.expire();
    assertNull(model.get(KEY));
  }

  @Test
  void keepAliveCountsFromWhenItArrives() {
    long lease = putWithLease(5);
    now = 4 * SECOND;
    LeaseKeepAliveRequest keep = LeaseKeepAliveRequest.newBuilder().setID(lease).build();
    assertEquals(5, model.keepAlive(keep).getTTL());
    now = 9 * SECOND - 1;
    model.expire();
    assertNotNull(model.get(KEY));
    now = 9 * SECOND;
    model.expire();
    assertNull(model.get(KEY));
    assertEquals(0, model.keepAlive(keep).getTTL());
  }

  @Test
  void newLeaderOfEtcdGivesLeasesTheirWholeLengthAgain() {
    long _ = putWithLease(5);
    now = 4 * SECOND;
    model.changeLeader();
    now = 8 * SECOND;
    model.expire();
    assertNotNull(model.get(KEY));
  }

  @Test
  void fullDiskRefusesPutsAndLeasesAndStillDeletes() {
    PutRequest put = PutRequest.newBuilder().setKey(KEY).build();
    var _ = model.put(put);
    model.setFull(true);
    EtcdRefusedException refused = assertThrows(EtcdRefusedException.class, () -> model.put(put));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.code());
    LeaseGrantRequest grant = LeaseGrantRequest.newBuilder().setTTL(5).build();
    assertThrows(EtcdRefusedException.class, () -> model.grant(grant));
    assertEquals(1, model.delete(DeleteRangeRequest.newBuilder().setKey(KEY).build()).getDeleted());
  }
}
