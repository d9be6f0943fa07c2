package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.TopCapable;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.ProcessRow;
import dev.berth.v1.ProcessesStreamRequest;
import java.util.List;

/// Says on one stream which processes are in one instance.
final class ProcessesAnswer implements AnswerPump.Answer {
  private static final int CELL_MAX = 16 << 10;
  private static final int MESSAGE_MAX = 48 << 10;

  private final CapabilityAccess instances;
  private final ProcessesStreamRequest request;
  private final AttachedStream stream;

  ProcessesAnswer(
      CapabilityAccess instances, ProcessesStreamRequest request, AttachedStream stream) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
  }

  @Override
  public boolean give()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    CapabilityAccess.Subject<TopCapable> subject =
        instances.subject(
            request.getInstanceId(), TopCapable.class, "does not see processes in what it runs");
    return write(subject.driver().top(subject.handle(), request.getPsOptionsList()));
  }

  /// Many processes with long command lines are more than one message may hold.
  private boolean write(TopCapable.Table table) throws InterruptedException {
    ListProcessesResponse.Builder message =
        ListProcessesResponse.newBuilder().addAllTitles(table.titles());
    int size = 0;
    for (List<String> cells : table.rows()) {
      ProcessRow row =
          ProcessRow.newBuilder()
              .addAllCells(cells.stream().map(ProcessesAnswer::bounded).toList())
              .build();
      if (size > 0 && size + row.getSerializedSize() > MESSAGE_MAX) {
        if (!stream.write(message.build())) {
          return false;
        }
        message.clear();
        size = 0;
      }
      message.addRows(row);
      size += row.getSerializedSize();
    }
    return stream.write(message.build());
  }

  private static String bounded(String cell) {
    return cell.length() <= CELL_MAX ? cell : cell.substring(0, CELL_MAX);
  }
}
