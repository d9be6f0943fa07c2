package dev.berth.simulation.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What makes a transaction well-formed, and when its comparisons hold.
final class Transactions {
  private static final int MAX_OPERATIONS = 128;

  private Transactions() {}

  static void check(TxnRequest request) {
    if (request.getCompareCount() > MAX_OPERATIONS
        || request.getSuccessCount() > MAX_OPERATIONS
        || request.getFailureCount() > MAX_OPERATIONS) {
      throw EtcdRefusedException.invalid("too many operations in txn request");
    }
    if (request.getCompareList().stream().anyMatch(each -> each.getKey().isEmpty())) {
      throw EtcdRefusedException.invalid("key is not provided");
    }
    check(request.getSuccessList());
    check(request.getFailureList());
  }

  private static void check(List<RequestOp> operations) {
    Set<ByteString> puts = new HashSet<>();
    List<RequestOp> deletes = new ArrayList<>();
    boolean twice = false;
    for (RequestOp operation : operations) {
      ByteString key =
          switch (operation.getRequestCase()) {
            case REQUEST_PUT -> operation.getRequestPut().getKey();
            case REQUEST_DELETE_RANGE -> operation.getRequestDeleteRange().getKey();
            case REQUEST_RANGE -> operation.getRequestRange().getKey();
            case REQUEST_TXN, REQUEST_NOT_SET ->
                throw new IllegalArgumentException(
                    "operation: " + operation.getRequestCase() + " (expected: put, delete, range)");
          };
      if (key.isEmpty()) {
        throw EtcdRefusedException.invalid("key is not provided");
      }
      if (operation.hasRequestPut()) {
        twice |= !puts.add(key);
      } else if (operation.hasRequestDeleteRange()) {
        deletes.add(operation);
      }
    }
    for (ByteString put : puts) {
      twice |= deletes.stream().anyMatch(each -> touches(each, put));
    }
    if (twice) {
      throw EtcdRefusedException.invalid("duplicate key given in txn request");
    }
  }

  private static boolean touches(RequestOp delete, ByteString key) {
    ByteString from = delete.getRequestDeleteRange().getKey();
    ByteString end = delete.getRequestDeleteRange().getRangeEnd();
    var order = ByteString.unsignedLexicographicalComparator();
    return end.isEmpty()
        ? from.equals(key)
        : order.compare(from, key) <= 0 && order.compare(key, end) < 0;
  }

  static boolean holds(Compare comparison, @Nullable KeyValue present) {
    KeyValue value = present == null ? KeyValue.getDefaultInstance() : present;
    int order =
        switch (comparison.getTarget()) {
          case VERSION -> Long.compare(value.getVersion(), comparison.getVersion());
          case CREATE -> Long.compare(value.getCreateRevision(), comparison.getCreateRevision());
          case MOD -> Long.compare(value.getModRevision(), comparison.getModRevision());
          case VALUE ->
              ByteString.unsignedLexicographicalComparator()
                  .compare(value.getValue(), comparison.getValue());
          case UNRECOGNIZED ->
              throw new IllegalArgumentException("comparison.target: " + comparison);
        };
    if (present == null && comparison.getTarget() == Compare.CompareTarget.VALUE) {
      return false;
    }
    return switch (comparison.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> throw new IllegalArgumentException("comparison.result: " + comparison);
    };
  }
}
