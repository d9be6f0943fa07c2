package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.random.RandomGenerator;

/// Requests as Berth makes them, and worse ones, over few keys, so that they meet.
final class RandomRequests {
  private static final int KEYS = 24;
  private static final int LEASES = 6;

  private final RandomGenerator random;
  private final EtcdModel model;

  RandomRequests(RandomGenerator random, EtcdModel model) {
    this.random = random;
    this.model = model;
  }

  Message next() {
    int kind = random.nextInt(1000);
    if (kind < 440) {
      return txn();
    } else if (kind < 640) {
      return put().build();
    } else if (kind < 740) {
      return delete().build();
    } else if (kind < 900) {
      return range(true).build();
    } else if (kind < 925) {
      return LeaseGrantRequest.newBuilder()
          .setID(1 + random.nextInt(LEASES))
          .setTTL(random.nextInt(50) == 0 ? 9_000_000_001L : 10_000 + random.nextInt(9))
          .build();
    } else if (kind < 945) {
      return LeaseRevokeRequest.newBuilder().setID(lease()).build();
    } else if (kind < 970) {
      return LeaseKeepAliveRequest.newBuilder().setID(lease()).build();
    } else if (kind < 995) {
      return LeaseTimeToLiveRequest.newBuilder()
          .setID(lease())
          .setKeys(random.nextBoolean())
          .build();
    }
    return CompactionRequest.newBuilder()
        .setRevision(model.revision() - random.nextInt(200) + 3)
        .setPhysical(true)
        .build();
  }

  private long lease() {
    return 1L + random.nextInt(LEASES);
  }

  private ByteString key() {
    int which = random.nextInt(random.nextInt(400) == 0 ? 1 : KEYS + 1);
    return which == 0 && random.nextInt(40) == 0
        ? ByteString.EMPTY
        : ByteString.copyFromUtf8("k/" + (char) ('a' + which) + (which % 3 == 0 ? "/x" : ""));
  }

  private ByteString end(ByteString from) {
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> ByteString.EMPTY;
      case 3 -> ByteString.copyFrom(new byte[1]);
      case 4 -> ByteString.copyFromUtf8("k/" + (char) ('a' + random.nextInt(KEYS + 2)));
      default -> from.concat(ByteString.copyFromUtf8("/z"));
    };
  }

  private PutRequest.Builder put() {
    int size = random.nextInt(3000) == 0 ? (random.nextBoolean() ? 1_400_000 : 1_600_000) : 8;
    byte[] value = new byte[random.nextInt(size / 2, size + 1)];
    value[0] = (byte) random.nextInt(4);
    return PutRequest.newBuilder()
        .setKey(key())
        .setValue(ByteString.copyFrom(value))
        .setLease(random.nextInt(5) == 0 ? lease() : 0)
        .setPrevKv(random.nextInt(3) == 0);
  }

  private DeleteRangeRequest.Builder delete() {
    ByteString key = key();
    return DeleteRangeRequest.newBuilder()
        .setKey(key)
        .setRangeEnd(random.nextInt(4) == 0 ? end(key) : ByteString.EMPTY)
        .setPrevKv(random.nextInt(3) == 0);
  }

  private RangeRequest.Builder range(boolean old) {
    ByteString key = key();
    return RangeRequest.newBuilder()
        .setKey(key)
        .setRangeEnd(end(key))
        .setLimit(random.nextInt(3) == 0 ? random.nextInt(8) : 0)
        .setRevision(
            old && random.nextInt(3) == 0
                ? Math.max(0, model.revision() - random.nextInt(150) + 3)
                : 0)
        .setKeysOnly(random.nextInt(6) == 0)
        .setCountOnly(random.nextInt(6) == 0);
  }

  private TxnRequest txn() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    boolean large = random.nextInt(300) == 0;
    int compares = large ? 125 + random.nextInt(6) : random.nextInt(4);
    for (int i = 0; i < compares; i++) {
      txn.addCompare(compare());
    }
    int operations = large ? 125 + random.nextInt(6) : random.nextInt(4);
    for (int i = 0; i < operations; i++) {
      txn.addSuccess(large ? RequestOp.newBuilder().setRequestRange(range(false)).build() : op());
    }
    int otherwise = random.nextInt(3);
    for (int i = 0; i < otherwise; i++) {
      txn.addFailure(op());
    }
    return txn.build();
  }

  private RequestOp op() {
    RequestOp.Builder op = RequestOp.newBuilder();
    return switch (random.nextInt(5)) {
      case 0, 1, 2 -> op.setRequestPut(put()).build();
      case 3 -> op.setRequestDeleteRange(delete()).build();
      default -> op.setRequestRange(range(false)).build();
    };
  }

  private Compare compare() {
    ByteString key = key();
    KeyValue known = model.get(key);
    KeyValue present = known == null ? KeyValue.getDefaultInstance() : known;
    Compare.Builder compare =
        Compare.newBuilder()
            .setKey(key)
            .setResult(
                random.nextInt(3) > 0
                    ? Compare.CompareResult.EQUAL
                    : Compare.CompareResult.forNumber(random.nextInt(4)));
    boolean right = random.nextInt(4) > 0 && known != null;
    return switch (random.nextInt(4)) {
      case 0 ->
          compare
              .setTarget(Compare.CompareTarget.VERSION)
              .setVersion(right ? present.getVersion() : random.nextInt(3))
              .build();
      case 1 ->
          compare
              .setTarget(Compare.CompareTarget.CREATE)
              .setCreateRevision(right ? present.getCreateRevision() : 0)
              .build();
      case 2 ->
          compare
              .setTarget(Compare.CompareTarget.MOD)
              .setModRevision(right ? present.getModRevision() : 0)
              .build();
      default ->
          compare
              .setTarget(Compare.CompareTarget.VALUE)
              .setValue(
                  right ? present.getValue() : ByteString.copyFrom(new byte[] {1, 0, 0, 0, 0}))
              .build();
    };
  }
}
